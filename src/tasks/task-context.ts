/** What a handler gets besides the payload. */
import type { JsonValue, SendTo } from '../engines/index.js';

export interface TaskContext {
  /** The same through all attempts: the idempotency key for what the handler does elsewhere. */
  readonly taskId: string;
  readonly task: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly enqueuedAt: Date;
  /** For a run of a periodic task, the moment that it is for. */
  readonly scheduledAt: Date | undefined;
  /** Undefined: it has none. */
  readonly deadline: Date | undefined;
  readonly key: string | undefined;
  /** Aborts when the attempt takes too long, the task is cancelled, or the worker is told to stop at once. */
  readonly signal: AbortSignal;
  /** Tells how far it is; whoever holds a handle may read the last word. */
  readonly progress: (value: JsonValue) => Promise<void>;
  /** A message that goes out with the task's completion: both or neither. */
  readonly send: (queue: string, message: SendTo['message']) => void;
}
