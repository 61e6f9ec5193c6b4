/**
 * What programs send, turned into messages of the engine port: text, bytes and JSON values as they are, or an
 * envelope with a `body` and properties. Durations become moments here, so that a message means the same on every
 * engine.
 */
import { SluiceError } from '../kernel/index.js';
import { millisecondsOf, type Duration } from './duration.js';
import type { EngineMessage, HeaderTable } from './message.js';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

/** A message with properties. An object that has a `body` is an envelope; any other is a JSON value. */
export interface Envelope {
  /** Bytes, text (UTF-8), or a JSON value. */
  readonly body: Uint8Array | JsonValue;
  readonly headers?: HeaderTable;
  /** One message at a time for each key, in order, where the queue's engine has keyed order. */
  readonly key?: string;
  /** Whose share of the queue it takes, where tenants share it. */
  readonly tenant?: string;
  /** When it must be done: from its release on, or a moment. Counts on queues of order `deadline` and `laxity`. */
  readonly deadline?: Duration | Date;
  /** Not before: from now on, or a moment. */
  readonly delay?: Duration | Date;
  /** 0 to 255, higher first, on queues of order `priority`. */
  readonly priority?: number;
  /** How long it may wait. */
  readonly expiration?: Duration;
  /** The time between two releases, on queues of order `rate-monotonic`. */
  readonly period?: Duration;
  /** Its expected processing time, on queues of order `laxity`. */
  readonly cost?: Duration;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly correlationId?: string;
  readonly replyTo?: string;
  readonly messageId?: string;
  readonly timestamp?: Date;
  readonly type?: string;
  readonly appId?: string;
}

/** Anything that `send` takes. */
export type Sendable = Envelope | Uint8Array | JsonValue;

/** A message that goes out with an acknowledgement. */
export interface SendTo {
  readonly queue: string;
  readonly message: Sendable;
}

const envelopeKeys = new Set<string>([
  'body',
  'headers',
  'key',
  'tenant',
  'deadline',
  'delay',
  'priority',
  'expiration',
  'period',
  'cost',
  'contentType',
  'contentEncoding',
  'correlationId',
  'replyTo',
  'messageId',
  'timestamp',
  'type',
  'appId',
]);

const textBytesMax = 255;

/** Throws `bad-input` for what cannot be sent: a cyclic or otherwise unserializable value, an unknown property. */
export function engineMessage(given: Sendable, nowMs: number): EngineMessage {
  if (typeof given === 'string' || given instanceof Uint8Array) return bodyOf(given);
  if (isEnvelope(given)) return fromEnvelope(given, nowMs);
  return bodyOf(given);
}

/** Whether it is a message with properties, and not a body alone. */
export function isEnvelope(given: Sendable): given is Envelope {
  return typeof given === 'object' && given !== null && !Array.isArray(given) && Object.hasOwn(given, 'body');
}

function bodyOf(body: Uint8Array | JsonValue): { readonly body: Buffer; readonly contentType?: string } {
  if (Buffer.isBuffer(body)) return { body };
  if (body instanceof Uint8Array) return { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
  if (typeof body === 'string') return { body: Buffer.from(body), contentType: 'text/plain' };
  return { body: Buffer.from(jsonOf(body)), contentType: 'application/json' };
}

function jsonOf(value: JsonValue): string {
  try {
    // Gives undefined for a function or a symbol, which only untyped programs send.
    const text: unknown = JSON.stringify(value);
    if (typeof text === 'string') return text;
  } catch (error) {
    throw new SluiceError(
      'bad-input',
      'the message cannot be written as JSON: it is cyclic or holds a bigint',
      { cause: error },
    );
  }
  throw new SluiceError('bad-input', `a message must be bytes, text or a JSON value, not ${typeof value}`);
}

function fromEnvelope(envelope: Envelope, nowMs: number): EngineMessage {
  const { body, deadline, delay, priority, expiration, period, cost, ...properties } = envelope;
  for (const [name, value] of Object.entries(properties)) check(name, value);
  const delayMs = delay === undefined ? undefined : untilMs(delay, nowMs, 'delay');
  const releaseMs = nowMs + (delayMs ?? 0);
  return defined({
    ...bodyOf(body),
    ...properties,
    priority: priority === undefined ? undefined : checkPriority(priority),
    expirationMs: expiration === undefined ? undefined : millisecondsOf(expiration, 'expiration'),
    periodMs: period === undefined ? undefined : millisecondsOf(period, 'period'),
    costMs: cost === undefined ? undefined : millisecondsOf(cost, 'cost'),
    delayMs: delayMs === 0 ? undefined : delayMs,
    deadlineMs: deadline === undefined ? undefined : momentOf(deadline, releaseMs),
  });
}

function check(name: string, value: unknown): void {
  if (!envelopeKeys.has(name))
    throw new SluiceError(
      'bad-input',
      `'${name}' is no property of a message; to send an object that has a 'body' as JSON, wrap it: { body: … }`,
      { details: { property: name } },
    );
  if (typeof value !== 'string' || Buffer.byteLength(value) <= textBytesMax) return;
  throw new SluiceError('bad-input', `the ${name} of a message is longer than ${textBytesMax} bytes`, {
    details: { property: name },
  });
}

function checkPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 255) return priority;
  throw new SluiceError('bad-input', `a priority is a whole number from 0 to 255, not ${priority}`);
}

/** Milliseconds from now; a moment that has passed is now. */
function untilMs(given: Duration | Date, nowMs: number, what: string): number {
  return millisecondsOf(given instanceof Date ? Math.max(0, given.getTime() - nowMs) : given, what);
}

/** Unix milliseconds. */
function momentOf(deadline: Duration | Date, releaseMs: number): number {
  return deadline instanceof Date
    ? deadline.getTime()
    : Math.round(releaseMs) + millisecondsOf(deadline, 'deadline');
}

/** Without the entries that are undefined. */
function defined<Given extends object>(
  given: Given,
): { [Name in keyof Given]: Exclude<Given[Name], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
