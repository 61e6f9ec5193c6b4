/**
 * Errors as RFC 9457 problem details (`application/problem+json`). Invariant: what is a bug, or tells of the machine
 * inside, leaves as `internal` without a detail; everything else says what was wrong with the request.
 */
import { SluiceError, type ErrorCode } from '../kernel/index.js';

/** Codes that only HTTP has: the request never reached what it asked for. */
export type HttpCode =
  | 'cross-site'
  | 'misdirected'
  | 'not-ready'
  | 'signed-out'
  | 'throttled'
  | 'too-large'
  | 'unsupported-media-type';

/** The body of an answer that refuses. */
export interface Problem {
  /** A URN made from the code: the same for every problem of its kind. */
  readonly type: string;
  /** The kind in words, the same for every problem of its kind. */
  readonly title: string;
  readonly status: number;
  /** What was wrong this time. */
  readonly detail?: string;
  readonly code: ErrorCode | HttpCode;
  /** True when the same request may succeed later. */
  readonly retryable: boolean;
  /** Facts for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The media type of a problem. */
export const problemMediaType = 'application/problem+json; charset=utf-8';

/** Status and title of each code; the compiler checks that none is forgotten. */
export const problemKinds: Readonly<
  Record<ErrorCode | HttpCode, { readonly status: number; readonly title: string }>
> = {
  'access-refused': { status: 403, title: 'Not allowed' },
  'already-exists': { status: 409, title: 'There already' },
  'bad-input': { status: 400, title: 'The request makes no sense' },
  closed: { status: 503, title: 'The server is stopping' },
  'config-invalid': { status: 400, title: 'The configuration is wrong' },
  'connection-failed': { status: 502, title: 'A connection failed' },
  'cross-site': { status: 403, title: 'A change asked for by another site' },
  'deadline-missed': { status: 409, title: 'The deadline was missed' },
  'directory-owned': { status: 409, title: 'The data directory has another owner' },
  'disk-failed': { status: 500, title: 'The disk failed' },
  'disk-full': { status: 507, title: 'The disk is full' },
  'durability-lost': { status: 500, title: 'Nothing is made durable any more' },
  exclusive: { status: 409, title: 'It belongs to a connection' },
  'format-newer': { status: 500, title: 'Written by a newer release' },
  'in-use': { status: 409, title: 'In use' },
  internal: { status: 500, title: 'An error in Sluice' },
  'journal-damaged': { status: 500, title: 'The journal is damaged' },
  'limit-reached': { status: 429, title: 'A limit was reached' },
  misdirected: { status: 421, title: 'Asked for by another name' },
  'not-empty': { status: 409, title: 'Not empty' },
  'not-found': { status: 404, title: 'Not there' },
  'not-implemented': { status: 501, title: 'Not there yet' },
  'not-ready': { status: 503, title: 'Not ready' },
  'port-taken': { status: 409, title: 'The port is taken' },
  'precondition-failed': { status: 409, title: 'It is not as the request supposes' },
  protocol: { status: 400, title: 'Against the protocol' },
  refused: { status: 503, title: 'Refused for now' },
  'signed-out': { status: 401, title: 'Sign in' },
  'task-cancelled': { status: 409, title: 'The task was cancelled' },
  'task-failed': { status: 409, title: 'The task failed' },
  throttled: { status: 429, title: 'Too many wrong passwords' },
  timeout: { status: 504, title: 'It took too long' },
  'too-large': { status: 413, title: 'The request is too large' },
  unsupported: { status: 501, title: 'Not possible here' },
  'unsupported-media-type': { status: 415, title: 'Not JSON' },
};

const inside = new Set<string>(['internal', 'disk-failed', 'durability-lost', 'journal-damaged']);

/** A problem by its code. */
export function problem(code: ErrorCode | HttpCode, detail?: string, retryable = false): Problem {
  const { status, title } = problemKinds[code];
  return {
    type: `urn:sluice:problem:${code}`,
    title,
    status,
    code,
    retryable,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** The problem that `thrown` makes of a request. */
export function problemOf(thrown: unknown): Problem {
  if (!(thrown instanceof SluiceError)) return problem('internal');
  const { code, message, retryable, details } = thrown;
  if (inside.has(code)) return problem(code, undefined, retryable);
  const plain = problem(code, message, retryable);
  return Object.keys(details).length === 0 ? plain : { ...plain, details };
}
