/**
 * The one error type of the project. Every failure that may reach a caller carries a code from the closed
 * list below; each protocol and the CLI translate the codes in a table that the compiler checks is complete.
 */

/** Every code an error may carry. Names follow the AMQP 0-9-1 reply codes where one exists. */
export const errorCodes = [
  'access-refused',
  'already-exists',
  'bad-input',
  'closed',
  'config-invalid',
  'connection-failed',
  'deadline-missed',
  'directory-owned',
  'disk-failed',
  'disk-full',
  'durability-lost',
  'exclusive',
  'format-newer',
  'in-use',
  'internal',
  'journal-damaged',
  'limit-reached',
  'not-empty',
  'not-found',
  'not-implemented',
  'port-taken',
  'precondition-failed',
  'protocol',
  'refused',
  'task-cancelled',
  'task-failed',
  'timeout',
  'unsupported',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What a `SluiceError` is made from. */
export interface ErrorOptions {
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** Facts for programs: names, paths, positions, sizes. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The base of every error the project throws or rejects with. */
export class SluiceError extends Error {
  override readonly name: string = 'SluiceError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The Node error code (`ENOENT`, `EADDRINUSE`, …) of anything that was thrown, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const code: unknown = (thrown as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}
