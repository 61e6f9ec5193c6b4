/** What became of a batch, and the error that says it. */
import { SluiceError } from '../kernel/index.js';

export interface SendReport {
  /** Indexes of messages that no queue took. */
  readonly unroutable: readonly number[];
  /** Indexes of messages that a full queue refused. */
  readonly refused: readonly number[];
}

/** Throws `limit-reached` (details: `refused`) when a full queue refused some. */
export function requireAccepted({ refused }: SendReport, target: string): void {
  if (refused.length === 0) return;
  throw new SluiceError('limit-reached', `'${target}' is full: ${refused.length} messages were refused`, {
    retryable: true,
    details: { target, refused },
  });
}

/** For messages to a queue by its name: throws `not-found` as well, when the queue is not there. */
export function requireStored(report: SendReport, queue: string): void {
  if (report.unroutable.length > 0)
    throw new SluiceError('not-found', `no queue '${queue}'`, { details: { queue } });
  requireAccepted(report, queue);
}
