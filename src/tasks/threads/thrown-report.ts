/**
 * Anything that was thrown, on its way between a thread and its worker. Errors lose their class on that way: they come
 * back with what the retries and the record of a failure look at.
 */
import type { Duration } from '../../engines/index.js';
import { errorCodes, messageOf, SluiceError, type ErrorCode } from '../../kernel/index.js';
import { NonRetryable, SchemaMismatch } from '../task-errors.js';

export interface ThrownReport {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: string | number | undefined;
  readonly retryAfter: Duration | undefined;
  readonly retryable: boolean;
  /** No further attempt would change anything. */
  readonly isFinal: boolean;
}

/** An error that a handler in a thread threw. Its name, message and stack are those of the error there. */
export class ThrownInThread extends SluiceError {
  override readonly name: string;
  /** What the error itself asked for. */
  readonly retryAfter: Duration | undefined;

  constructor({ name, message, stack, code, retryAfter, retryable }: ThrownReport) {
    super(isErrorCode(code) ? code : 'task-failed', message, {
      retryable,
      ...(code === undefined ? {} : { details: { code } }),
    });
    this.name = name;
    this.retryAfter = retryAfter;
    withStack(this, stack);
  }
}

/** What is told of `thrown`. */
export function reportOf(thrown: unknown): ThrownReport {
  const isError = thrown instanceof Error;
  const { code, retryAfter } = (isError ? thrown : {}) as { code?: unknown; retryAfter?: unknown };
  return {
    name: isError ? thrown.name : 'Error',
    message: messageOf(thrown),
    stack: isError ? thrown.stack : undefined,
    code: isScalar(code) ? code : undefined,
    retryAfter: isScalar(retryAfter) ? (retryAfter as Duration) : undefined,
    retryable: thrown instanceof SluiceError && thrown.retryable,
    isFinal: thrown instanceof NonRetryable || thrown instanceof SchemaMismatch,
  };
}

/** The error that a report is of. */
export function errorOf(report: ThrownReport): SluiceError {
  if (!report.isFinal) return new ThrownInThread(report);
  return withStack(new NonRetryable(report.message), report.stack);
}

function withStack<Thrown extends Error>(error: Thrown, stack: string | undefined): Thrown {
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack });
  return error;
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isErrorCode(code: unknown): code is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(code);
}
