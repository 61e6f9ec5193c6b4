/** The errors of tasks: what a handler may throw to steer its retries, and what awaiting a result may reject with. */
import { millisecondsOf, type Duration } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';

/** What is kept of an error that a handler threw; at most 1 KiB, 4 KiB and 8 KiB of text. */
export interface FailureReport {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** A handler throws it for what no further attempt would change: the task goes to the dead letters at once. */
export class NonRetryable extends SluiceError {
  override readonly name = 'NonRetryable';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('refused', message, options);
  }
}

/**
 * A handler throws it to say when the next attempt makes sense, for example after a `Retry-After`. Making one throws
 * `bad-input` for what is no duration.
 */
export class RetryLater extends SluiceError {
  override readonly name = 'RetryLater';
  readonly retryAfter: Duration;

  constructor(retryAfter: Duration, message = 'to be tried again later', options: { cause?: unknown } = {}) {
    millisecondsOf(retryAfter, 'retryAfter');
    super('refused', message, { ...options, retryable: true });
    this.retryAfter = retryAfter;
  }
}

/** The task's last attempt failed; `failure` is what its handler threw. */
export class TaskFailed extends SluiceError {
  override readonly name = 'TaskFailed';
  readonly taskId: string;
  readonly attempts: number;
  readonly failure: FailureReport;

  constructor(taskId: string, attempts: number, failure: FailureReport) {
    super('task-failed', `task ${taskId} failed: ${failure.message}`, {
      details: { taskId, attempts, failure },
    });
    this.taskId = taskId;
    this.attempts = attempts;
    this.failure = failure;
  }
}

/** The task was cancelled before it was done. */
export class TaskCancelled extends SluiceError {
  override readonly name = 'TaskCancelled';
  readonly taskId: string;
  readonly reason: string | undefined;

  constructor(taskId: string, reason: string | undefined) {
    super('task-cancelled', `task ${taskId} was cancelled${reason === undefined ? '' : `: ${reason}`}`, {
      details: { taskId, reason },
    });
    this.taskId = taskId;
    this.reason = reason;
  }
}

/** A task was not run, because one that it waited for did not complete. */
export class DependencyFailed extends SluiceError {
  override readonly name = 'DependencyFailed';
  /** The one that did not complete. */
  readonly taskId: string;

  constructor(taskId: string, became: 'failed' | 'cancelled' | 'missed', why: string | undefined) {
    const text = { failed: 'failed', cancelled: 'was cancelled', missed: 'missed its deadline' }[became];
    super(
      'task-failed',
      `task ${taskId}, which it waited for, ${text}${why === undefined ? '' : `: ${why}`}`,
      { details: { taskId } },
    );
    this.taskId = taskId;
  }
}

/** The task came to a worker after its deadline, and was declared not to run late. */
export class DeadlineMissed extends SluiceError {
  override readonly name = 'DeadlineMissed';
  readonly taskId: string;
  readonly deadline: Date;

  constructor(taskId: string, deadline: Date) {
    super('deadline-missed', `task ${taskId} was not started before its deadline ${deadline.toISOString()}`, {
      details: { taskId, deadline },
    });
    this.taskId = taskId;
    this.deadline = deadline;
  }
}

/** A payload or a result that its schema refuses; it is never retried. */
export class SchemaMismatch extends SluiceError {
  override readonly name = 'SchemaMismatch';
  readonly issues: readonly string[];

  constructor(what: string, issues: readonly string[], cause?: unknown) {
    super('bad-input', `${what} does not fit its schema: ${issues.join('; ')}`, {
      details: { issues },
      cause,
    });
    this.issues = issues;
  }
}

/** The handler has run, and what it returned is larger than an outcome may be; no further attempt would change that. */
export class ResultTooLarge extends SluiceError {
  override readonly name = 'ResultTooLarge';

  constructor(bytes: number, bytesMax: number) {
    super(
      'limit-reached',
      `the result of a task has at most ${bytesMax} bytes, not ${bytes}: store it elsewhere and return where, or declare keepResult: 0`,
      { details: { bytes, bytesMax } },
    );
  }
}

/** In letters. Together with JSON's escapes they fit into the headers of one AMQP frame. */
const nameLengthMax = 1024;
const messageLengthMax = 4 * 1024;
const stackLengthMax = 8 * 1024;

/** What is kept of anything that was thrown; it never throws itself. */
export function failureOf(thrown: unknown): FailureReport {
  try {
    return reportOf(thrown);
  } catch {
    return { name: 'Error', message: 'something was thrown that cannot be read' };
  }
}

function reportOf(thrown: unknown): FailureReport {
  if (!(thrown instanceof Error))
    return { name: 'Error', message: shortened(String(thrown), messageLengthMax) };
  // Whatever a program has made of them.
  const { name, message, stack }: { name: unknown; message: unknown; stack?: string | undefined } = thrown;
  return {
    name: shortened(String(name), nameLengthMax),
    message: shortened(String(message), messageLengthMax),
    ...(stack === undefined ? {} : { stack: shortened(stack, stackLengthMax) }),
  };
}

function shortened(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
