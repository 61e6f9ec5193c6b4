/**
 * Where traces of tasks go: told of each send and each attempt. Tasks know no tracer; whoever opens them may bring one.
 * Invariant: what a tracer does never changes what becomes of a task.
 */
import type { Delivery, EngineMessage, SendTo } from '../engines/index.js';
import type { AttemptResult } from './attempt-result.js';

export interface TaskTracing {
  /** Runs `send` with messages that carry the trace on, and tells of it when the promise is settled. */
  sending<Sent>(
    queue: string,
    messages: readonly EngineMessage[],
    send: (traced: readonly EngineMessage[]) => Promise<Sent>,
  ): Promise<Sent>;
  /** An attempt at a delivered task begins. */
  processing(task: string, delivery: Delivery): AttemptTrace;
  /** Sends what is not sent yet, for a few seconds at most. */
  close(): Promise<void>;
}

/** One attempt. */
export interface AttemptTrace {
  /** Runs `work` so that what it sends, and what it waits for, belongs to the attempt. */
  run<Result>(work: () => Result): Result;
  /** A message that goes out with the attempt's end, carrying the trace on. */
  carry(message: SendTo['message']): SendTo['message'];
  /** What a thread needs to go on with the trace: headers of W3C Trace Context. */
  readonly carrier: Readonly<Record<string, string>>;
  /** What became of it. */
  end(result: AttemptResult): void;
}
