/**
 * The headers of a dead-lettered message, as RabbitMQ writes them: `x-death` with one entry for each queue and
 * reason, latest first, and the `x-first-death-…` and `x-last-death-…` texts. Pure.
 */
import { assert } from '../kernel/index.js';
import {
  decodeProperties,
  encodeProperties,
  FieldNumber,
  int64,
  isFieldArray,
  isFieldTable,
  timestamp,
  type ContentProperties,
  type FieldTable,
  type FieldValue,
} from './content/index.js';

/** Deaths told: the latest. A chain of more queues must not grow a message without bound. */
const deathsMax = 256;

export interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly nowMs: number;
  /** False: whatever deaths the message tells of, its publisher made them up. */
  readonly tellsTruth: boolean;
  /** Whether `CC` was among its routing keys: a dead-letter routing key takes the place of all. */
  readonly hasCopies: boolean;
}

/** The encoded properties of a message after one more death. */
export function withDeath(properties: Buffer, death: Death): Buffer {
  const before = decodeProperties(properties);
  const { expiration, ...kept } = before;
  const headers = new Map(before.headers);
  const deaths = death.tellsTruth ? deathsOf(headers) : [];
  headers.set('x-death', addDeath(deaths, death, headers, expiration));
  setNamed(headers, 'first', death, !death.tellsTruth);
  setNamed(headers, 'last', death, true);
  const after: ContentProperties = { ...kept, headers };
  return encodeProperties(after);
}

function setNamed(
  headers: Map<string, FieldValue>,
  which: 'first' | 'last',
  death: Death,
  replace: boolean,
): void {
  if (!replace && headers.has(`x-${which}-death-reason`)) return;
  headers.set(`x-${which}-death-exchange`, death.exchange);
  headers.set(`x-${which}-death-queue`, death.queue);
  headers.set(`x-${which}-death-reason`, death.reason);
}

function deathsOf(headers: FieldTable): FieldTable[] {
  const value = headers.get('x-death');
  return isFieldArray(value) ? value.filter(isFieldTable) : [];
}

function addDeath(
  deaths: FieldTable[],
  death: Death,
  headers: FieldTable,
  expiration: string | undefined,
): FieldValue[] {
  const at = deaths.findIndex(
    (one) => one.get('queue') === death.queue && one.get('reason') === death.reason,
  );
  const known = at < 0 ? undefined : deaths[at];
  const others = deaths.filter((_, index) => index !== at);
  if (known !== undefined) {
    const count = nextCount(known.get('count'));
    return [new Map([...known, ['count', int64(count)] as const]), ...others];
  }
  const entry = new Map<string, FieldValue>([
    ['count', int64(1)],
    ['reason', death.reason],
    ['queue', death.queue],
    ['time', timestamp(Math.floor(death.nowMs / 1000))],
    ['exchange', death.exchange],
    ['routing-keys', [death.routingKey, ...(death.hasCopies ? copiesOf(headers) : [])]],
  ]);
  if (expiration !== undefined) entry.set('original-expiration', expiration);
  return [entry, ...others].slice(0, deathsMax);
}

function nextCount(count: FieldValue | undefined): number {
  assert(count instanceof FieldNumber, 'the broker counts the deaths it tells of');
  return Number(count.value) + 1;
}

function copiesOf(headers: FieldTable): FieldValue[] {
  const copies = headers.get('CC');
  return isFieldArray(copies) ? copies.filter((key) => typeof key === 'string') : [];
}

/**
 * Whether sending the message to `queue` would close a circle that nobody rejected it in: it died there before,
 * and neither then nor since for the reason `rejected`. Such messages are dropped.
 */
export function isCycle(properties: Buffer, queue: string): boolean {
  const { headers } = decodeProperties(properties);
  if (headers === undefined) return false;
  const deaths = deathsOf(headers);
  const at = deaths.findIndex((one) => one.get('queue') === queue);
  return at >= 0 && deaths.slice(0, at + 1).every((one) => one.get('reason') !== 'rejected');
}

/** The properties with what a client tells of a failure. */
export function withFailure(
  properties: Buffer,
  letter: { readonly headers: FieldTable } | undefined,
): Buffer {
  if (letter === undefined || letter.headers.size === 0) return properties;
  const before = decodeProperties(properties);
  return encodeProperties({ ...before, headers: new Map([...(before.headers ?? []), ...letter.headers]) });
}

/** The properties of a message whose delay has passed: `x-delay` negative, so that it is not delayed again. */
export function withoutDelay(properties: Buffer): Buffer {
  const before = decodeProperties(properties);
  const headers = new Map(before.headers);
  const delay = headers.get('x-delay');
  if (delay instanceof FieldNumber)
    headers.set('x-delay', new FieldNumber('int32', -Math.min(Math.abs(Number(delay.value)), 0x7fff_ffff)));
  else headers.delete('x-delay');
  return encodeProperties({ ...before, headers });
}
