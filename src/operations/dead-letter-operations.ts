/** Dead letters for operators: where they are, what they died of, and the letters themselves. */
import { z } from 'zod';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { countUpTo, givenName, vhostName } from './inputs.js';
import { DeathGroups, type DeathGroup } from './dead-letters/death-groups.js';
import { deadLetterQueues, withTimes, type DeadLetterQueue } from './dead-letters/dead-letter-queues.js';
import { scanLetters, type Letter } from './dead-letters/letters.js';
import { isOfDeath } from './dead-letters/redriven-message.js';
import { plainProperties, type PlainProperties } from './message-view.js';
import type { ServerOperation } from './services.js';

/** One call looks at so many letters, for so long. */
const lookedAtMax = 50_000;
const elapsedMsMax = 4_000;
const groupsMax = 200;
const lettersMax = 200;
/** Bodies of one answer together, and the largest that is shown. */
const bodiesBytesMax = 8 * 1024 * 1024;
const bodyBytesMax = 256 * 1024;
const pieceRows = 50;

export const deadLetterList: ServerOperation<
  { vhost?: string | undefined },
  { readonly count: number },
  readonly DeadLetterQueue[]
> = {
  input: z.strictObject({ vhost: vhostName.optional() }),
  async run({ broker }, { vhost }, call) {
    const queues = await deadLetterQueues(broker, vhost);
    for (let at = 0; at < queues.length && !call.signal.aborted; at += pieceRows) {
      const rows: DeadLetterQueue[] = [];
      for (const row of queues.slice(at, at + pieceRows)) rows.push(await withTimes(broker, row));
      await call.emit(rows);
      await nextTurn();
    }
    return { count: queues.length };
  },
};

const span = {
  vhost: vhostName,
  queue: givenName,
  from: z.int().min(0).describe('the position to begin at: 0, or the next of the answer before'),
};

const grouping = z.strictObject({
  ...span,
  count: countUpTo(groupsMax).describe('groups, the largest first'),
});

/** What the letters of a queue died of. Times are Unix ms. */
export interface GroupedLetters {
  readonly groups: readonly DeathGroup[];
  /** Groups that there are, of those that were looked at. */
  readonly total: number;
  /** Letters that belong to none: there are too many causes. */
  readonly ungrouped: number;
  readonly seen: number;
  /** Letters that cannot be read. */
  readonly unreadable: number;
  /** Letters that are there now, whether they were looked at or not. */
  readonly there: number;
  /** Where to go on; left out: all were looked at. */
  readonly next?: number;
  /** The stretch that the histograms cover. */
  readonly fromMs: number;
  readonly toMs: number;
}

export const deadLetterGroups: ServerOperation<z.infer<typeof grouping>, GroupedLetters> = {
  input: grouping,
  async run({ broker }, { vhost, queue, from, count }, { signal }) {
    const report = broker.administration.describeQueue(vhost, queue);
    const there = report.ready + report.delayed + report.gated + report.held;
    const shared = { vhost, queue, from, signal, elapsedMsMax };
    let [fromMs, toMs] = [Infinity, -Infinity];
    // Letters come in the order of their arrival: the first and the last tell of the stretch.
    let groups: DeathGroups | undefined;
    const toldMs = (await withTimes(broker, { ...emptyRow, vhost, queue, count: there })).newestMs;
    const outcome = await scanLetters(broker, {
      ...{ ...shared, messagesMax: lookedAtMax },
      see: (letter) => {
        fromMs = Math.min(fromMs, letter.arrivalMs);
        toMs = Math.max(toMs, letter.arrivalMs, toldMs ?? 0);
        (groups ??= new DeathGroups(fromMs, toMs)).add(letter);
        return true;
      },
    });
    const rows = groups?.rows ?? [];
    return {
      groups: rows.slice(0, count),
      total: rows.length,
      ungrouped: groups?.ungrouped ?? 0,
      seen: groups?.counted ?? 0,
      unreadable: outcome.unreadable,
      there,
      ...(outcome.next === undefined ? {} : { next: outcome.next }),
      ...(groups === undefined ? { fromMs: 0, toMs: 0 } : { fromMs, toMs }),
    };
  },
};

const emptyRow = { unacknowledged: 0, bytes: 0, consumers: 0, sources: [], kind: 'queue' } as const;

const listing = z.strictObject({
  ...span,
  count: countUpTo(lettersMax),
  group: z.string().max(64).optional().describe('only letters of this fingerprint'),
});

/** One letter. Times are Unix ms. */
export interface LetterRow {
  readonly position: number;
  readonly arrivalMs: number;
  readonly fingerprint: string;
  readonly reason: string;
  readonly source?: string;
  readonly exception?: string;
  readonly message?: string;
  readonly stack?: string;
  /** The queue that it would go back to; left out: unknown. */
  readonly origin?: string;
  /** How often it was redriven before. */
  readonly redriven: number;
  readonly state: string;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: PlainProperties;
  /** Headers without what its death left in them: those that an edit changes. */
  readonly headers: PlainProperties;
  /** Base64; left out: it is too large to show here. */
  readonly body?: string;
  readonly bodyBytes: number;
}

export const deadLetterMessages: ServerOperation<
  z.infer<typeof listing>,
  { readonly items: readonly LetterRow[]; readonly seen: number; readonly next?: number }
> = {
  input: listing,
  async run({ broker }, { vhost, queue, from, count, group }, { signal }) {
    const items: LetterRow[] = [];
    let [seen, bytes] = [0, 0];
    const outcome = await scanLetters(broker, {
      ...{ vhost, queue, from, signal, elapsedMsMax, messagesMax: lookedAtMax },
      see: (letter) => {
        seen++;
        if (group !== undefined && letter.fingerprint !== group) return true;
        const row = letterRow(letter);
        bytes += row.body?.length ?? 0;
        items.push(row);
        return items.length < count && bytes < bodiesBytesMax;
      },
    });
    return { items, seen, ...(outcome.next === undefined ? {} : { next: outcome.next }) };
  },
};

function letterRow({ position, arrivalMs, fingerprint, death, message }: Letter): LetterRow {
  const { view, bodyBytes, state, redelivered } = message;
  const properties = plainProperties(view.propertiesBuffer, view.propertiesStart, view.propertiesEnd);
  const headers = (properties['headers'] ?? {}) as PlainProperties;
  const kept = Object.entries(headers).filter(([name]) => !isOfDeath(name));
  const isShown = view.large === undefined && bodyBytes <= bodyBytesMax;
  const told = {
    ...(death.source === undefined ? {} : { source: death.source }),
    ...(death.exception === undefined ? {} : { exception: death.exception }),
    ...(death.message === undefined ? {} : { message: death.message }),
    ...(death.stack === undefined ? {} : { stack: death.stack }),
    ...(death.origin === undefined ? {} : { origin: death.origin }),
  };
  return {
    ...{ position, arrivalMs, fingerprint, reason: death.reason, ...told, redriven: death.redriven },
    ...{ state, redelivered, bodyBytes, properties },
    exchange: death.exchange ?? '',
    routingKey: death.routingKey ?? '',
    headers: Object.fromEntries(kept),
    ...(isShown ? { body: view.bodyBuffer.toString('base64', view.bodyStart, view.bodyEnd) } : {}),
  };
}
