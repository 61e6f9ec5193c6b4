/**
 * Works on tasks: takes deliveries of their queues, so many at a time, and runs their handlers. Invariant: what it
 * took is settled or given back before `close` resolves; a completion is told only once it is durable.
 */
import { EventEmitter } from 'node:events';
import type { Deliveries, Delivery } from '../engines/index.js';
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
import { WorkerPost } from './roster/worker-post.js';
import type { ThreadPool } from './threads/thread-pool.js';
import {
  checkConcurrency,
  placesOf,
  type ConcurrencyRange,
  type WorkerThreadOptions,
} from './threads/worker-threads.js';
import { checkedTasks, checkedWindow, isRunnable } from './worker-checks.js';
import type { WorkerEvents } from './worker-events.js';
import { WorkerSlots } from './worker-slots.js';

export interface WorkerOptions extends WorkerThreadOptions {
  readonly tasks: readonly AnyTask[];
  /**
   * Handlers at a time; 16 unless said otherwise, or as many as threads where all of them run there. With `{ start, max }`
   * remedies and operators may change it while it runs, up to `max`.
   */
  readonly concurrency?: number | ConcurrencyRange;
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

const workerOptionNames: OptionNames<WorkerOptions> = {
  tasks: true,
  concurrency: true,
  window: true,
  holdBack: true,
  threads: true,
  threadMemoryMiB: true,
};
const closeOptionNames: OptionNames<CloseWorkerOptions> = { abort: true, timeout: true };
const keyedWindowFactor = 10;
/** Tasks of each queue that a worker that holds back chooses among. */
const heldMax = 100;
/** The pause before a task that nobody here knows is offered again: another worker may know it. */
const unknownPauseMs = 1_000;

export class Worker extends EventEmitter<WorkerEvents> implements AsyncDisposable {
  readonly #desk: TaskDesk;
  readonly #tasks: ReadonlyMap<string, AnyTask>;
  readonly #slots: WorkerSlots;
  readonly #ceiling: number | undefined;
  /** Undefined: nobody but the program changes the concurrency. */
  readonly #post: WorkerPost | undefined;
  readonly #streams: { readonly stream: Deliveries; readonly plans: readonly TaskPlan[] }[] = [];
  readonly #window: number | undefined;
  readonly #threads: ThreadPool | undefined;
  readonly #feed: DeliveryFeed | HoldBackFeed;
  readonly #active = new Set<Attempt>();
  readonly #settlements: Settlements;
  readonly #wishes = new Map<string, string | undefined>();
  readonly #watching = new AbortController();
  /** Resolves once it takes tasks. Rejects when a queue cannot be had. */
  readonly ready: Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(desk: TaskDesk, options: WorkerOptions) {
    requireKnownOptions(options, workerOptionNames, 'a worker');
    super();
    this.#desk = desk;
    this.#tasks = checkedTasks(options.tasks);
    this.#window = checkedWindow(options.window);
    const { holdBack = false } = options;
    const places = holdBack ? { concurrency: 1, ...options } : options;
    const { concurrency, ceiling, threads } = placesOf(this.#plans, places, desk.clock);
    this.#ceiling = ceiling;
    this.#threads = threads;
    this.#slots = new WorkerSlots(concurrency, {
      take: () => this.#feed.take(),
      next: () => this.#feed.next(),
      work: (delivery) => this.#take(delivery),
    });
    this.#post = ceiling === undefined ? undefined : this.#postWith(ceiling);
    this.#feed = holdBack ? this.#heldFeed(concurrency) : new DeliveryFeed();
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

  /** From the beginning of its end. */
  get isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Handlers that it lets run at a time. */
  get concurrency(): number {
    return this.#slots.wanted;
  }

  /** The most that `setConcurrency` takes; undefined: it declares none, and only the program itself changes it. */
  get concurrencyMax(): number | undefined {
    return this.#ceiling;
  }

  /** The queues whose tasks it works on. */
  get queues(): readonly string[] {
    return [...new Set(this.#plans.map(({ queue }) => queue))];
  }

  /**
   * Lets more or fewer handlers run: more begin at once, fewer as those that run end. Resolves when the engine delivers
   * accordingly. Rejects with `bad-input` above `max`, or where it holds back: then there is one.
   */
  async setConcurrency(concurrency: number): Promise<void> {
    checkConcurrency(concurrency, this.#isHoldingBack ? 1 : this.#ceiling);
    if (concurrency === this.#slots.wanted) return;
    this.#slots.setWanted(concurrency);
    this.emit('concurrency', { concurrency });
    await Promise.all(this.#streams.map(({ stream, plans }) => stream.hold(this.#limitsFor(plans))));
    await this.#post?.tell();
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
    for (const queue of queues)
      await this.#receive(
        queue,
        plans.filter((plan) => plan.queue === queue),
      );
    this.#slots.start();
    await this.#post?.start();
    this.#slots.ended.catch((error: unknown) => {
      this.#tellError(error);
    });
  }

  async #receive(queue: string, plans: readonly TaskPlan[]): Promise<void> {
    const limits = this.#limitsFor(plans);
    const deadLetterQueue = deadLetterQueueOf(queue);
    const stream = await this.#desk.engine.receive(queue, { ...limits, deadLetterQueue });
    this.#feed.add(stream);
    this.#streams.push({ stream, plans });
    // It may have been set meanwhile.
    if (limits.prefetch !== this.#prefetch) await stream.hold(this.#limitsFor(plans));
  }

  #postWith(max: number): WorkerPost {
    return new WorkerPost(this.#desk, {
      plans: this.#plans,
      max,
      concurrency: () => this.concurrency,
      wished: (concurrency) =>
        this.setConcurrency(concurrency).catch((error: unknown) => {
          this.#desk.warn(`a worker does not run ${concurrency} tasks at a time: ${messageOf(error)}`);
        }),
    });
  }

  #heldFeed(concurrency: number): HoldBackFeed {
    if (concurrency !== 1)
      throw new SluiceError('bad-input', `a worker that holds back has a concurrency of 1`);
    return new HoldBackFeed(this.#plans, this.#desk.clock, this.#desk.costs);
  }

  /** Deliveries that may be here at a time: as many as run, or as many as hold-back chooses among. */
  get #prefetch(): number {
    return this.#isHoldingBack ? (this.#window ?? heldMax) : this.concurrency;
  }

  get #isHoldingBack(): boolean {
    return this.#feed instanceof HoldBackFeed;
  }

  #limitsFor(plans: readonly TaskPlan[]): { readonly prefetch: number; readonly window?: number } {
    const window = this.#windowOf(plans);
    return { prefetch: this.#prefetch, ...(window === undefined ? {} : { window }) };
  }

  /** Tasks of one key wait for each other: more must be held than can run, or a busy key would stop the others. */
  #windowOf(plans: readonly TaskPlan[]): number | undefined {
    if (this.#window !== undefined) return this.#window;
    return plans.some(({ key }) => key !== undefined) ? keyedWindowFactor * this.concurrency : undefined;
  }

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
    const { trace } = attempt;
    const settling = trace === undefined ? attempt.run() : trace.run(() => attempt.run());
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
    attempt.trace?.end(result);
    attempt.figures.ended(kind);
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
    const told = this.#post?.stop();
    const closed = this.#feed.close();
    this.#slots.stop();
    if (abort) this.#abortAll();
    const cancelTimer =
      timeout === undefined
        ? undefined
        : this.#desk.clock.after(millisecondsOf(timeout, 'the timeout'), () => {
            this.#abortAll();
          });
    await closed;
    await this.#slots.ended.catch(() => undefined);
    await this.#settlements.drained();
    cancelTimer?.();
    this.#watching.abort();
    await told;
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
