/**
 * A dead letter as it goes back: as it was sent first, without what its death left in it, changed where somebody edited
 * it. Pure. Invariant: a header that is not edited keeps its type on the wire.
 */
import {
  decodeProperties,
  encodeProperties,
  FieldNumber,
  fieldTable,
  int64,
  plainValue,
  type ContentProperties,
  type FieldTable,
  type FieldValue,
} from '../../broker/index.js';
import { redriveHeaders } from './death.js';

/** What somebody changes in a letter. */
export interface LetterEdit {
  /** The new body, as it is sent; left out: it stays. */
  readonly body?: Buffer | undefined;
  /** Headers as they shall be, all of them but what a death leaves; left out: they stay. */
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
  readonly contentType?: string | undefined;
}

export interface Redriven {
  readonly redriveId: string;
  /** The queue it was in. */
  readonly from: string;
  /** Times that it was redriven before. */
  readonly before: number;
  /** Unix ms. */
  readonly nowMs: number;
  readonly edit?: LetterEdit | undefined;
}

/** What a death leaves: the broker's, a task's, a library's, and what counts attempts. */
const ofDeath =
  /^(?:x-death|x-(?:first|last)-death-.*|x-failure|x-failure-reason|x-failure-queue|x-attempts|x-earlier-attempts|x-delivery-count|x-acquired-count|x-delay|x-after|x-needs|x-exception-.*|x-original-(?:exchange|routingKey)|MT-Fault-.*|MT-Reason|NServiceBus\.ExceptionInfo\..*)$/;

/** Whether a header tells of a death, or of a redrive, and is not kept. */
export function isOfDeath(name: string): boolean {
  return ofDeath.test(name) || name.startsWith('x-redrive-');
}

/** The properties with which a letter with the encoded `properties` goes back. */
export function redrivenProperties(properties: Buffer, redriven: Redriven): Buffer {
  const { headers = new Map<string, FieldValue>(), ...others } = decodeProperties(properties);
  const { edit } = redriven;
  const kept = new Map(edit?.headers === undefined ? headers : editedHeaders(headers, edit.headers));
  for (const name of kept.keys()) if (isOfDeath(name)) kept.delete(name);
  postponed(kept, redriven.nowMs);
  kept.set(redriveHeaders.times, int64(redriven.before + 1));
  kept.set(redriveHeaders.by, redriven.redriveId);
  kept.set(redriveHeaders.from, redriven.from);
  // The user who published is not the one who redrives; a time to live has begun long ago.
  const dropped = new Set<string>(['expiration', 'userId']);
  if (edit?.body !== undefined) dropped.add('contentEncoding');
  const rest = Object.fromEntries(Object.entries(others).filter(([name]) => !dropped.has(name)));
  const typed = edit?.contentType === undefined ? rest : { ...rest, contentType: edit.contentType };
  return encodeProperties({ ...(typed as Omit<ContentProperties, 'headers'>), headers: kept });
}

function editedHeaders(before: FieldTable, given: Readonly<Record<string, unknown>>): FieldTable {
  const after = new Map(fieldTable(given));
  for (const [name, value] of before) {
    const isSame = JSON.stringify(plainValue(value)) === JSON.stringify(given[name]);
    if (isSame) after.set(name, value);
  }
  return after;
}

/** A task's deadline is as far away again as it was when it was enqueued. */
function postponed(headers: Map<string, FieldValue>, nowMs: number): void {
  const enqueuedMs = numberOf(headers.get('x-enqueued'));
  const deadlineMs = numberOf(headers.get('x-deadline'));
  if (!(enqueuedMs > 0)) return;
  headers.set('x-enqueued', int64(Math.floor(nowMs)));
  if (deadlineMs > enqueuedMs) headers.set('x-deadline', int64(Math.round(nowMs + deadlineMs - enqueuedMs)));
}

function numberOf(value: FieldValue | undefined): number {
  return value instanceof FieldNumber ? Number(value.value) : Number.NaN;
}
