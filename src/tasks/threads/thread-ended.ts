/** The error of an attempt whose thread ended before its handler did. */
import { messageOf, SluiceError, systemCodeOf } from '../../kernel/index.js';

/** The thread called `process.exit`, threw where nobody caught it, or ran out of memory. The attempt is retried. */
export class ThreadEnded extends SluiceError {
  override readonly name = 'ThreadEnded';
  readonly exitCode: number;

  constructor(exitCode: number, cause: unknown) {
    super('task-failed', `the thread ended before its handler did: ${reasonFor(exitCode, cause)}`, {
      retryable: true,
      details: { exitCode },
      ...(cause === undefined ? {} : { cause }),
    });
    this.exitCode = exitCode;
  }
}

function reasonFor(exitCode: number, cause: unknown): string {
  if (systemCodeOf(cause) === 'ERR_WORKER_OUT_OF_MEMORY') return 'it ran out of memory';
  if (cause === undefined) return `it exited with code ${exitCode}`;
  return `it threw what nobody caught: ${messageOf(cause)}`;
}
