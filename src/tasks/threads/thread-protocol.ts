/**
 * What a worker and its threads tell each other: structured clones over the thread's own port. Invariant: a thread has
 * one thing to do at a time, and everything it says of a run carries that run's number.
 */
import type { ErrorCode } from '../../kernel/index.js';
import type { ThrownReport } from './thrown-report.js';

/** What a handler's context says besides the payload; moments in Unix ms. */
export interface RunFacts {
  readonly task: string;
  readonly taskId: string;
  readonly attempt: number;
  readonly enqueuedMs: number;
  readonly scheduledMs: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly key: string | undefined;
  /** Of the attempt's trace; undefined: nobody traces. */
  readonly carrier: Readonly<Record<string, string>> | undefined;
}

/** Why a run is to stop: the reason of its signal. */
export interface StopReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

export type ToThread =
  | { readonly kind: 'load'; readonly file: string }
  | {
      readonly kind: 'run';
      readonly run: number;
      readonly file: string;
      readonly payload: unknown;
      readonly facts: RunFacts;
    }
  | { readonly kind: 'abort'; readonly run: number; readonly reason: StopReason }
  /** The answer to a `progress`. */
  | {
      readonly kind: 'progressed';
      readonly run: number;
      readonly ask: number;
      readonly refusal: ThrownReport | undefined;
    };

export type FromThread =
  /** The file has a handler, or why not. */
  | { readonly kind: 'loaded'; readonly refusal: string | undefined }
  /** JSON text; undefined: the handler gave nothing. */
  | { readonly kind: 'completed'; readonly run: number; readonly output: string | undefined }
  | { readonly kind: 'failed'; readonly run: number; readonly thrown: ThrownReport }
  | { readonly kind: 'progress'; readonly run: number; readonly ask: number; readonly value: unknown }
  | { readonly kind: 'send'; readonly run: number; readonly queue: string; readonly message: unknown };

/** What a thread starts with. */
export interface ThreadStart {
  /** One 32-bit integer, 1 while an `abort` is on its way: a handler that never yields sees it there. */
  readonly stopFlag: SharedArrayBuffer;
}
