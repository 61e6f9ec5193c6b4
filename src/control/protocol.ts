/**
 * The control protocol: one JSON object a line, both ways, over the data directory's Unix socket. The server
 * speaks first (`hello`). A request carries an id of the client's choice; everything about it bears that id, and
 * a result or an error ends it.
 *
 *     server  {"hello":{"protocol":1,"version":"0.1.0","pid":7,"sinceMs":…,"state":"ready"}}
 *     client  {"id":1,"operation":"queue.list","input":{…}}
 *     client  {"id":1,"message":…}      for operations that take a stream, until {"id":1,"end":true}
 *     client  {"id":1,"cancel":true}
 *     server  {"id":1,"event":…}        any number
 *     server  {"id":1,"result":…}  or  {"id":1,"error":{"code":…,"message":…,"retryable":…,"details":…}}
 */
import { errorCodes, SluiceError, type ErrorCode } from '../kernel/index.js';

/** Changes when an old client could misread a new server. */
export const controlProtocol = 1;

/** The longest line, in bytes: a message body of 16 MiB in base64, with room to spare. */
export const lineBytesMax = 48 * 1_048_576;

/** What the owner of a data directory says of itself. */
export interface Hello {
  readonly protocol: number;
  /** The release of Sluice. */
  readonly version: string;
  readonly pid: number;
  /** When it started, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly state: ServerState;
  /** A program that opened the directory ends by its own code, not by an operator's word; absent: a server. */
  readonly kind?: 'program';
}

export type ServerState = 'starting' | 'ready' | 'stopping';

/** What a client may send. */
export type ClientLine =
  | { readonly kind: 'request'; readonly id: number; readonly operation: string; readonly input: unknown }
  | { readonly kind: 'message'; readonly id: number; readonly message: unknown }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number };

/** What a server may send. */
export type ServerLine =
  | { readonly kind: 'hello'; readonly hello: Hello }
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: SluiceError };

function malformed(what: string): SluiceError {
  return new SluiceError('protocol', `malformed control line: ${what}`);
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new SluiceError('protocol', 'malformed control line: not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('not an object');
  return value as Readonly<Record<string, unknown>>;
}

function idOf(fields: Readonly<Record<string, unknown>>): number {
  const id = fields['id'];
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw malformed('no id');
  return id;
}

/** Throws 'protocol'. */
export function parseClientLine(line: string): ClientLine {
  const fields = parseObject(line);
  const id = idOf(fields);
  const operation = fields['operation'];
  if (typeof operation === 'string') return { kind: 'request', id, operation, input: fields['input'] };
  if (fields['cancel'] === true) return { kind: 'cancel', id };
  if (fields['end'] === true) return { kind: 'end', id };
  if ('message' in fields) return { kind: 'message', id, message: fields['message'] };
  throw malformed('neither an operation nor a message');
}

/** Throws 'protocol'. */
export function parseServerLine(line: string): ServerLine {
  const fields = parseObject(line);
  if ('hello' in fields) return { kind: 'hello', hello: fields['hello'] as Hello };
  const id = idOf(fields);
  if ('event' in fields) return { kind: 'event', id, event: fields['event'] };
  if ('error' in fields) return { kind: 'error', id, error: errorFrom(fields['error']) };
  return { kind: 'result', id, result: fields['result'] };
}

/** A `SluiceError` as it goes over the wire. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Anything thrown, for the wire. What is not a `SluiceError` is a bug, and tells no more than its message. */
export function wireErrorOf(thrown: unknown): WireError {
  if (thrown instanceof SluiceError) {
    const { code, message, retryable, details } = thrown;
    return { code, message, retryable, details };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message, retryable: false, details: {} };
}

function errorFrom(value: unknown): SluiceError {
  const wire = (typeof value === 'object' && value !== null ? value : {}) as Partial<WireError>;
  const code = errorCodes.find((known) => known === wire.code) ?? 'internal';
  return new SluiceError(code, wire.message ?? 'the server gave no reason', {
    retryable: wire.retryable === true,
    details: wire.details ?? {},
  });
}
