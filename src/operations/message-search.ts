/**
 * Searching the messages of a queue, and reading one of them. Invariant: one call looks at so many messages, for so
 * long, and no more; it says how far it came, and the next call goes on from there.
 */
import { z } from 'zod';
import type { LargeBody, MessageView, QueueFigures, ScannedMessage, ScanOutcome } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { readBody, readLarge } from './body-reading.js';
import type { BodyFinding } from './body-search.js';
import { filterFields, filterOf, namesOf, type MessageFilter } from './message-filter.js';
import { countUpTo, givenName, vhostName } from './inputs.js';
import { plainProperties, type PlainProperties } from './message-view.js';
import type { ServerOperation } from './services.js';

/** Of one call. */
export const lookedAtMax = 200_000;
export const elapsedMsMax = 1_500;
/** Of one answer. */
export const foundMax = 200;
/** The beginning of each body that a search shows. */
const previewBytes = 256;
const partBytesMax = 1_048_576;

/** A message that was found. */
export interface FoundRow {
  readonly position: number;
  readonly state: ScannedMessage['state'];
  readonly redelivered: boolean;
  readonly deliveryCount: number;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: PlainProperties;
  readonly bodyBytes: number;
  /** Base64: the beginning of it, or the part that was asked for. */
  readonly body: string;
  /** Unix ms, as those below. */
  readonly arrivalMs: number;
  readonly expiresMs: number | undefined;
  readonly dueMs: number | undefined;
}

/** How far a search came. */
export interface SearchProgress {
  /** Messages that it came by. */
  readonly lookedAt: number;
  /** Messages in the queue when it ended. */
  readonly total: number;
  /** The position to go on from; left out: it came to the end. */
  readonly next?: number;
  /** Where it ends: what comes in later is not looked at. Give it to the call that goes on. */
  readonly until: number;
  /** Bodies of which the beginning alone was searched; those that their encoding does not fit; records on a bad disk. */
  readonly partly: number;
  readonly undecodable: number;
  readonly unreadable: number;
}

/** Fields of a call that may go on where another stopped. */
export const spanFields = {
  from: z.int().min(0).describe('the position to begin at'),
  until: z.int().min(0).describe('the position to stop before, as an earlier call gave it').optional(),
};

const searching = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  ...filterFields,
  ...spanFields,
  limit: countUpTo(foundMax),
});

export const queueSearch: ServerOperation<
  z.infer<typeof searching>,
  SearchProgress & { readonly items: readonly FoundRow[] }
> = {
  input: searching,
  async run({ broker }, { vhost, queue, limit, from, until, ...given }, { signal }) {
    const hunt = new Hunt(filterOf(given));
    const items: FoundRow[] = [];
    const see = (message: ScannedMessage): boolean | Promise<boolean> => {
      if (!hunt.filter.agrees(message)) return true;
      return message.view.large === undefined ? seeSmall(message) : seeLarge(message, message.view.large);
    };
    const seeSmall = (message: ScannedMessage): boolean | Promise<boolean> => {
      const isFound = hunt.isBodyFound(message.view);
      if (isFound === true) items.push(rowOf(message, startOf(message.view)));
      if (!(isFound instanceof Promise)) return items.length < limit;
      const row = rowOf(message, startOf(message.view));
      return isFound.then((answer) => (answer ? items.push(row) : items.length) < limit);
    };
    /** Names and properties first: reading the body ends the view. */
    const seeLarge = async (message: ScannedMessage, large: LargeBody): Promise<boolean> => {
      const row = rowOf(message, Buffer.alloc(0));
      if (!(await hunt.isBodyFound(message.view))) return true;
      items.push({ ...row, body: (await readLarge(large, 0, previewBytes)).toString('base64') });
      return items.length < limit;
    };
    const bounds = { messagesMax: lookedAtMax, elapsedMsMax, signal };
    const scan = { from, until, states: hunt.filter.states, ...bounds, see };
    const outcome = await broker.administration.scan(vhost, queue, scan);
    return { items, ...hunt.progress(outcome, broker.administration.describeQueue(vhost, queue)) };
  },
};

/** One search: its filter, and what it could not look into. */
export class Hunt {
  readonly filter: MessageFilter;
  #partly = 0;
  #undecodable = 0;

  constructor(filter: MessageFilter) {
    this.filter = filter;
  }

  isBodyFound(view: MessageView): boolean | Promise<boolean> {
    const finding = this.filter.body?.look(view) ?? 'found';
    return finding instanceof Promise ? finding.then(this.#isFound) : this.#isFound(finding);
  }

  readonly #isFound = (finding: BodyFinding): boolean => {
    if (finding === 'partly') this.#partly++;
    if (finding === 'undecodable') this.#undecodable++;
    return finding === 'found';
  };

  progress({ seen, next, until, unreadable }: ScanOutcome, report: QueueFigures): SearchProgress {
    const { ready, unacknowledged, delayed, gated, held } = report;
    return {
      lookedAt: seen,
      total: ready + unacknowledged + delayed + gated + held,
      ...(next === undefined ? {} : { next }),
      until,
      ...this.doubts,
      unreadable,
    };
  }

  /** Bodies that it could not look into, or not to their end. */
  get doubts(): Pick<SearchProgress, 'partly' | 'undecodable'> {
    return { partly: this.#partly, undecodable: this.#undecodable };
  }
}

function startOf({ bodyBuffer, bodyStart, bodyEnd }: MessageView): Buffer {
  return bodyBuffer.subarray(bodyStart, Math.min(bodyEnd, bodyStart + previewBytes));
}

function rowOf({ view, ...facts }: ScannedMessage, body: Buffer): FoundRow {
  return {
    ...facts,
    ...namesOf(view),
    properties: propertiesOf(view),
    arrivalMs: view.arrivalMs,
    body: body.toString('base64'),
  };
}

/** None where a client sent what no reader can make out. */
export function propertiesOf({
  propertiesBuffer,
  propertiesStart,
  propertiesEnd,
}: MessageView): PlainProperties {
  try {
    return plainProperties(propertiesBuffer, propertiesStart, propertiesEnd);
  } catch {
    return {};
  }
}

const reading = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  position: z.int().min(0),
  from: z.int().min(0).describe('the first byte of the body to give'),
  bytes: countUpTo(partBytesMax).describe('how many of them'),
});

/** One message, whoever has it, with a part of its body. */
export const queueMessage: ServerOperation<z.infer<typeof reading>, FoundRow> = {
  input: reading,
  async run({ broker }, { vhost, queue, position, from, bytes }) {
    let found: FoundRow | undefined;
    const see = async (message: ScannedMessage): Promise<boolean> => {
      const row = rowOf(message, Buffer.alloc(0));
      found = { ...row, body: (await readBody(message.view, from, bytes)).toString('base64') };
      return false;
    };
    const one = { from: position, until: position + 1, messagesMax: 1, elapsedMsMax };
    const { unreadable } = await broker.administration.scan(vhost, queue, { ...one, see });
    if (found !== undefined) return found;
    if (unreadable > 0) throw new SluiceError('journal-damaged', `message ${position} cannot be read`);
    throw new SluiceError('not-found', `there is no message ${position} in queue '${queue}'`);
  },
};
