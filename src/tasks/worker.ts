/**
 * Works on tasks: takes deliveries of their queues, so many at a time, and runs their handlers. Invariant: what it
 * took is settled or given back before `close` resolves; a completion is told only once it is durable.
 */
import { EventEmitter } from 'node:events';
import type { Delivery } from '../engines/index.js';
import { deadLetterQueueOf, millisecondsOf, type Duration } from '../engines/index.js';
import { messageOf, requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import { Attempt, type AnyTask } from './attempt.js';
import type { AttemptResult, Settling } from './attempt-result.js';
import { Settlements } from './settlements.js';
import { cancelKey, cancelPrefix, cancelReasonOf, type TaskDesk } from './task-desk.js';
import { DeliveryFeed } from './delivery-feed.js';
import { HoldBackFeed } from './hold-back/hold-back-feed.js';
import { KeptSchedules } from './periodic/kept-schedules.js';
import type { TaskPlan } from './task-options.js';
import type { ThreadPool } from './threads/thread-pool.js';
import { placesOf, type WorkerThreadOptions } from './threads/worker-threads.js';

export interface WorkerOptions extends WorkerThreadOptions {
  readonly tasks: readonly AnyTask[];
  /** Handlers at a time; 16 unless said otherwise, or as many as threads where all of them run there. */
  readonly concurrency?: number;
  /**
   * Where the engine leaves the order to workers (RabbitMQ): tasks of each queue held to choose among; ten times the
   * concurrency unless said otherwise.
   */
  readonly window?: number;
  /**
   * One handler at a time, the earliest deadline of all queues first, and none is begun that would make the next run
   * of another of these tasks late: the worker idles until that one comes. Runs that are to come are known of periodic
   * tasks, and of others by their `arrivals`; costs are declared or learned.
   */
  readonly holdBack?: boolean;
}

export interface CloseWorkerOptions {
  /** Tells the handlers at work by their signal; what they do not finish goes back to the queue. */
  readonly abort?: boolean;
  /** Waits so long for them, then aborts; for ever unless said otherwise. */
  readonly timeout?: Duration;
}

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
  /** The engine failed, or took a queue away; the worker has stopped. */
  error: [unknown];
}

const workerOptionNames: OptionNames<WorkerOptions> = {
  tasks: true,
  concurrency: true,
  window: true,
  holdBack: true,
  threads: true,
  threadMemoryMiB: true,
};
const closeOptionNames: OptionNames<CloseWorkerOptions> = { abort: true, timeout: true };
const windowMax = 65_535;
const keyedWindowFactor = 10;
/** Tasks of each queue that a worker that holds back chooses among. */
const heldMax = 100;
/** The pause before a task that nobody here knows is offered again: another worker may know it. */
const unknownPauseMs = 1_000;

export class Worker extends EventEmitter<WorkerEvents> implements AsyncDisposable {
  readonly #desk: TaskDesk;
  readonly #tasks: ReadonlyMap<string, AnyTask>;
  readonly #concurrency: number;
  readonly #window: number | undefined;
  readonly #threads: ThreadPool | undefined;
  readonly #feed: DeliveryFeed | HoldBackFeed;
  readonly #active = new Set<Attempt>();
  readonly #settlements: Settlements;
  readonly #wishes = new Map<string, string | undefined>();
  readonly #watching = new AbortController();
  /** Resolves once it takes tasks. Rejects when a queue cannot be had. */
  readonly ready: Promise<void>;
  #running: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(desk: TaskDesk, options: WorkerOptions) {
    requireKnownOptions(options, workerOptionNames, 'a worker');
    super();
    this.#desk = desk;
    this.#tasks = checkedTasks(options.tasks);
    this.#window = checkedWindow(options.window);
    const { holdBack = false } = options;
    const places = holdBack ? { concurrency: 1, ...options } : options;
    const { concurrency, threads } = placesOf(this.#plans, places, desk.clock);
    this.#concurrency = concurrency;
    this.#threads = threads;
    this.#feed = holdBack ? this.#heldFeed() : new DeliveryFeed();
    this.#settlements = new Settlements({
      told: (attempt, result) => {
        this.#tell(attempt, result);
      },
      failed: (error) => {
        this.#tellError(error);
      },
    });
    this.ready = this.#start();
    // Told by the event as well; a program that only listens to that one must not end by it.
    this.ready.catch((error: unknown) => {
      this.#tellError(error);
    });
  }

  get #plans(): TaskPlan[] {
    return [...this.#tasks.values()].map(({ plan }) => plan);
  }

  /** Handlers at work now. */
  get active(): number {
    return this.#active.size;
  }

  /** Takes no more, and waits for the handlers at work. Safe to call twice. */
  close(options: CloseWorkerOptions = {}): Promise<void> {
    requireKnownOptions(options, closeOptionNames, 'close');
    this.#closing ??= this.#close(options);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #start(): Promise<void> {
    const plans = this.#plans;
    await this.#threads?.check(plans);
    for (const plan of plans) await this.#desk.declare(plan);
    const queues = [...new Set(plans.map(({ queue }) => queue))];
    for (const queue of queues) await this.#watchWishes(queue);
    await new KeptSchedules(this.#desk, plans).start(this.#watching.signal);
    for (const queue of queues) {
      const options = { prefetch: this.#prefetch, deadLetterQueue: deadLetterQueueOf(queue) };
      const window = this.#windowOf(plans.filter((plan) => plan.queue === queue));
      this.#feed.add(
        await this.#desk.engine.receive(queue, window === undefined ? options : { ...options, window }),
      );
    }
    this.#running = Promise.all(Array.from({ length: this.#concurrency }, () => this.#slot()));
    this.#running.catch((error: unknown) => {
      this.#tellError(error);
    });
  }

  #heldFeed(): HoldBackFeed {
    if (this.#concurrency !== 1)
      throw new SluiceError('bad-input', `a worker that holds back has a concurrency of 1`);
    return new HoldBackFeed(this.#plans, this.#desk.clock, this.#desk.costs);
  }

  /** Deliveries that may be here at a time: as many as run, or as many as hold-back chooses among. */
  get #prefetch(): number {
    return this.#feed instanceof HoldBackFeed ? (this.#window ?? heldMax) : this.#concurrency;
  }

  /** Tasks of one key wait for each other: more must be held than can run, or a busy key would stop the others. */
  #windowOf(plans: readonly TaskPlan[]): number | undefined {
    if (this.#window !== undefined) return this.#window;
    return plans.some(({ key }) => key !== undefined) ? keyedWindowFactor * this.#concurrency : undefined;
  }

  /** One place for a handler. */
  async #slot(): Promise<void> {
    for (;;) {
      let value = this.#feed.take();
      if (value === undefined) ({ value } = await this.#feed.next());
      if (value === undefined) return;
      const taken = this.#take(value);
      if (taken !== undefined) await taken;
    }
  }

  /** A promise only where there is something to wait for: a promise a task is a tenth of what a short one costs. */
  #take(delivery: Delivery): Promise<unknown> | undefined {
    const { type } = delivery;
    const task = type === undefined ? undefined : this.#tasks.get(type);
    if (task === undefined || !isRunnable(task)) {
      this.#tellUnknown(delivery);
      return delivery.retry(unknownPauseMs);
    }
    const attempt = new Attempt(this.#desk, task, delivery, this.#threads);
    const { taskId } = attempt;
    if (this.#wishes.has(taskId)) {
      this.#settlements.add(attempt, {
        kind: 'ending',
        result: attempt.endCancelled(this.#wishes.get(taskId)),
      });
      return undefined;
    }
    const { deadline } = delivery;
    if (deadline !== undefined) this.#weigh(attempt, deadline);
    const settling = attempt.run();
    if (!(settling instanceof Promise)) return this.#handled(attempt, settling);
    this.#active.add(attempt);
    return settling.then((known) => {
      this.#active.delete(attempt);
      return this.#handled(attempt, known);
    });
  }

  /** The slot goes on while the disk is waited for: else no more tasks would end in a sync than there are slots. */
  #handled(attempt: Attempt, settling: Settling): Promise<unknown> | undefined {
    this.#settlements.add(attempt, settling);
    return this.#settlements.room;
  }

  #tellUnknown({ type: task, messageId: taskId, queue }: Delivery): void {
    const what = task === undefined ? 'a message without a type' : `a task '${task}'`;
    const text = `queue '${queue}' has ${what}, which its worker here does not know; it is kept and offered again`;
    const error = new SluiceError('not-found', text, { details: { task, taskId, queue } });
    if (!this.emit('unknown', { task, taskId, queue, error })) this.#desk.warn(text);
  }

  /** Tells of a task that is likely to be late, before it is. */
  #weigh({ task, taskId, attempt }: Attempt, deadline: Date): void {
    const costMs = this.#tasks.get(task)!.plan.costMs ?? this.#desk.costs.estimate(task)?.p95Ms;
    if (costMs === undefined) return;
    const expectedEnd = new Date(this.#desk.clock.now() + costMs);
    if (expectedEnd > deadline) this.emit('deadline-risk', { task, taskId, attempt, deadline, expectedEnd });
  }

  /** Wishes to cancel, those from before included. */
  async #watchWishes(queue: string): Promise<void> {
    const { records, capabilities } = this.#desk.engine;
    if (capabilities.records.kind === 'none') return;
    const prefix = cancelPrefix(queue);
    await records.watch(
      prefix,
      ({ key, entry }) => {
        const taskId = key.slice(prefix.length);
        if (entry === undefined) this.#wishes.delete(taskId);
        else this.#wish(taskId, cancelReasonOf(entry.value));
      },
      this.#watching.signal,
    );
    for (const { key, value } of await records.scan(prefix))
      this.#wish(key.slice(prefix.length), cancelReasonOf(value));
  }

  #wish(taskId: string, reason: string | undefined): void {
    this.#wishes.set(taskId, reason);
    for (const attempt of this.#active) if (attempt.taskId === taskId) attempt.cancel(reason);
  }

  #tell(attempt: Attempt, result: AttemptResult): void {
    const { kind } = result;
    if (this.#wishes.size > 0) this.#forgetWish(attempt, result);
    if (kind === 'released' || this.listenerCount(kind) === 0) return;
    const event = { task: attempt.task, taskId: attempt.taskId, attempt: attempt.attempt };
    switch (kind) {
      case 'retried':
        this.emit(kind, { ...event, error: result.error, afterMs: result.afterMs });
        break;
      case 'failed':
        this.emit(kind, { ...event, error: result.error });
        break;
      case 'completed':
      case 'cancelled':
      case 'missed':
      case 'lost':
        this.emit(kind, event);
    }
  }

  /** A task that is over needs no wish any more. */
  #forgetWish({ taskId, delivery }: Attempt, { kind }: AttemptResult): void {
    if (kind === 'retried' || kind === 'released' || kind === 'lost' || !this.#wishes.delete(taskId)) return;
    this.#desk.engine.records.delete(cancelKey(delivery.queue, taskId)).catch(() => undefined);
  }

  async #close({ abort = false, timeout }: CloseWorkerOptions): Promise<void> {
    await this.ready.catch(() => undefined);
    const closed = this.#feed.close();
    if (abort) this.#abortAll();
    const cancelTimer =
      timeout === undefined
        ? undefined
        : this.#desk.clock.after(millisecondsOf(timeout, 'the timeout'), () => {
            this.#abortAll();
          });
    await closed;
    await this.#running.catch(() => undefined);
    await this.#settlements.drained();
    cancelTimer?.();
    this.#watching.abort();
    await this.#threads?.close();
  }

  #abortAll(): void {
    for (const attempt of this.#active) attempt.shutDown();
  }

  #tellError(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else this.#desk.warn(`a worker has stopped, and nobody listens to its errors: ${messageOf(error)}`);
    void this.close({ abort: true });
  }
}

function checkedTasks(tasks: readonly AnyTask[]): Map<string, AnyTask> {
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw new SluiceError('bad-input', 'a worker needs at least one task: app.worker({ tasks: [charge] })');
  for (const task of tasks as readonly AnyTask[]) {
    if (!isTask(task)) throw new SluiceError('bad-input', 'the tasks of a worker are what app.task gives');
    if (!isRunnable(task))
      throw new SluiceError(
        'bad-input',
        `task '${task.name}' has no handler here: give it one with \`handle\`, or leave it to another worker`,
      );
  }
  return new Map((tasks as readonly AnyTask[]).map((task) => [task.name, task]));
}

function isTask(given: unknown): boolean {
  const { name, plan } = (given ?? {}) as Partial<AnyTask>;
  return typeof name === 'string' && typeof plan === 'object';
}

function isRunnable({ handler, plan }: AnyTask): boolean {
  return handler !== undefined || plan.thread !== undefined;
}

function checkedWindow(window: number | undefined): number | undefined {
  if (window === undefined || (Number.isInteger(window) && window >= 1 && window <= windowMax)) return window;
  throw new SluiceError('bad-input', `window is a whole number from 1 to ${windowMax}, not ${window}`);
}
