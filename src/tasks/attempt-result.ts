/** How an attempt at a task may end, and why its handler may be told to stop. Pure. */
import type { SettleOutcome } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';

/** What became of one attempt. */
export type AttemptResult =
  | { readonly kind: 'completed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'missed' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'retried'; readonly error: unknown; readonly afterMs: number }
  /** Given back unsettled: the worker stops. */
  | { readonly kind: 'released' }
  /** The engine gave the delivery to another, or the task had ended before: its message was there twice. */
  | { readonly kind: 'lost' };

/** The handler is done with; its settlement is on its way, in an object so that awaiting one is not awaiting both. */
export type Settling =
  | { readonly kind: 'completing'; readonly settled: Promise<SettleOutcome> }
  | { readonly kind: 'ending'; readonly result: Promise<AttemptResult> };

/** Why a handler's signal aborted. */
export type Stop =
  | { readonly kind: 'timeout'; readonly error: SluiceError }
  | { readonly kind: 'cancel'; readonly reason: string | undefined }
  | { readonly kind: 'shutdown' };

/** What the handler's signal says. */
export function reasonOf(taskId: string, stop: Stop): SluiceError {
  switch (stop.kind) {
    case 'timeout':
      return stop.error;
    case 'cancel':
      return new SluiceError(
        'task-cancelled',
        `task ${taskId} was cancelled${stop.reason ? `: ${stop.reason}` : ''}`,
      );
    case 'shutdown':
      return new SluiceError('closed', 'the worker stops', { retryable: true });
  }
}

export function ending(result: Promise<AttemptResult>): Settling {
  return { kind: 'ending', result };
}
