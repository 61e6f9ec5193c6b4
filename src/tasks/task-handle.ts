/** One task, by its name: what became of it, how far it is, and a way to stop it. Any process may hold one. */
import { millisecondsOf, type Duration, type JsonValue } from '../engines/index.js';
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import type { Outcome } from './outcome.js';
import type { TaskId } from './task-id.js';
import { DeadlineMissed, TaskCancelled, TaskFailed } from './task-errors.js';
import type { TaskDesk } from './task-desk.js';
import type { CancelResult } from './task-enquiry.js';
import type { TaskWhy } from './task-explanation.js';
import type { TaskPlan } from './task-options.js';
import type { TaskStatus } from './task-status.js';

export interface ResultOptions {
  /** The longest to wait; forever unless said otherwise. Rejects with `timeout`; the task goes on. */
  readonly timeout?: Duration;
  /** Stops waiting; the task goes on. */
  readonly signal?: AbortSignal;
}

const resultOptionNames: OptionNames<ResultOptions> = { timeout: true, signal: true };

export class TaskHandle<Output> {
  readonly id: TaskId;
  /** The queue that carries it. */
  readonly queue: string;
  /** False: `dedupe` found one that was there already. */
  readonly isNew: boolean;
  readonly #desk: TaskDesk;
  readonly #keepResultMs: number | undefined;
  readonly #task: string;

  constructor(
    id: TaskId,
    { name, queue, keepResultMs }: Pick<TaskPlan, 'name' | 'queue' | 'keepResultMs'>,
    desk: TaskDesk,
    isNew = true,
  ) {
    this.#keepResultMs = keepResultMs;
    this.#task = name;
    this.id = id;
    this.queue = queue;
    this.#desk = desk;
    this.isNew = isNew;
  }

  /**
   * What the handler returned, once it is durable. Rejects with `TaskFailed`, `TaskCancelled`, `DeadlineMissed`, a
   * `timeout`, or `unsupported` on an engine that keeps no records. An outcome is kept for `keepResult`; whoever asks
   * later waits for ever.
   */
  async result(options: ResultOptions = {}): Promise<Output> {
    requireKnownOptions(options, resultOptionNames, 'result');
    const { timeout, signal } = options;
    const waiting = new AbortController();
    const stop = (): void => {
      waiting.abort(signal?.reason);
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    const cancelTimer = timeout === undefined ? undefined : this.#timeOut(waiting, timeout);
    try {
      return outputOf(this.id, await this.#desk.outcomes.wait(this.id, waiting.signal)) as Output;
    } finally {
      cancelTimer?.();
      signal?.removeEventListener('abort', stop);
    }
  }

  /** What became of it; undefined while nothing did, or when it is no longer kept. */
  outcome(): Promise<Outcome | undefined> {
    return this.#desk.outcomes.find(this.id);
  }

  /**
   * What it waits for, as a union and a sentence. Rejects with `unsupported` on an engine that cannot tell, and with
   * `precondition-failed` for a queue that was declared without `messageIndex`; so does `status`.
   */
  why(): Promise<TaskWhy> {
    return this.#desk.enquiry.why(this);
  }

  /** Where it is in its life: its state, attempts and times. */
  status(): Promise<TaskStatus> {
    return this.#desk.enquiry.status(this);
  }

  /** The last that its handler said of its progress; undefined: nothing yet. */
  async progress(): Promise<JsonValue | undefined> {
    return this.#desk.progressOf(this.id);
  }

  /**
   * Stops it: one that waits is gone at once, one that runs is told by its signal. Resolves when that is durable;
   * `result()` tells what came of one that runs. A task that is done stays done.
   */
  cancel(reason?: string): Promise<CancelResult> {
    const place = { id: this.id, queue: this.queue, keepResultMs: this.#keepResultMs, task: this.#task };
    return this.#desk.cancel(place, reason);
  }

  #timeOut(waiting: AbortController, timeout: Duration): () => void {
    const timeoutMs = millisecondsOf(timeout, 'the timeout');
    return this.#desk.clock.after(timeoutMs, () => {
      const text = `task ${this.id} was not done within ${timeoutMs} ms`;
      waiting.abort(new SluiceError('timeout', text, { retryable: true, details: { taskId: this.id } }));
    });
  }
}

function outputOf(taskId: string, outcome: Outcome): unknown {
  switch (outcome.state) {
    case 'completed':
      return outcome.output;
    case 'failed':
      throw new TaskFailed(taskId, outcome.attempts, outcome.failure);
    case 'cancelled':
      throw new TaskCancelled(taskId, outcome.reason);
    case 'missed':
      throw new DeadlineMissed(taskId, new Date(outcome.deadlineMs));
  }
}
