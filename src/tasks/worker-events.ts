/** What a worker tells of itself and of the tasks that it works on. */
import type { SluiceError } from '../kernel/index.js';

export interface TaskEvent {
  readonly task: string;
  readonly taskId: string;
  readonly attempt: number;
}

export interface WorkerEvents {
  completed: [TaskEvent];
  cancelled: [TaskEvent];
  missed: [TaskEvent];
  retried: [TaskEvent & { readonly error: unknown; readonly afterMs: number }];
  failed: [TaskEvent & { readonly error: unknown }];
  /** It has not begun, and is not expected to end before its deadline. */
  'deadline-risk': [TaskEvent & { readonly deadline: Date; readonly expectedEnd: Date }];
  /**
   * The engine gave the delivery to another while the handler ran, or the task had ended before: its message was there
   * twice. What the handler did does not count.
   */
  lost: [TaskEvent];
  /**
   * A task of a name, or without a handler, that this worker cannot run; it is kept and offered again. Where nobody
   * listens, the process's warnings tell it.
   */
  unknown: [
    {
      readonly task: string | undefined;
      readonly taskId: string | undefined;
      readonly queue: string;
      /** `not-found`. */
      readonly error: SluiceError;
    },
  ];
  /** More or fewer handlers may run now. */
  concurrency: [{ readonly concurrency: number }];
  /** The engine failed, or took a queue away; the worker has stopped. */
  error: [unknown];
}
