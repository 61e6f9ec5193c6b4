/**
 * A task by its declaration: enqueue it here, handle it here or in another process. Invariant: what `enqueue`
 * resolves for is durable, and a payload that its schema refuses is never sent.
 */
import { millisecondsOf, type Duration, type EngineMessage } from '../engines/index.js';
import { requireKnownOptions, SluiceError, type OptionNames } from '../kernel/index.js';
import { checkedAfter, requireKnown, type AfterFailure } from './dependencies.js';
import { decodeValue, jsonOf } from './payload.js';
import { validate } from './standard-schema.js';
import type { TaskDesk } from './task-desk.js';
import { SchemaMismatch } from './task-errors.js';
import { TaskHandle } from './task-handle.js';
import type { TaskId } from './task-id.js';
import { checkedLabel, taskMessage } from './task-message.js';
import { priorityOf, type Priority, type TaskHandler, type TaskPlan } from './task-options.js';

export interface EnqueueOptions {
  readonly priority?: Priority;
  /** When it must be done: from its release on, or a moment. */
  readonly deadline?: Duration | Date;
  /** Not before: from now on, or a moment. */
  readonly delay?: Duration | Date;
  /** Given up when no worker took it for so long. */
  readonly expires?: Duration;
  readonly key?: string;
  readonly tenant?: string;
  readonly cost?: Duration;
  /** Under one `id` only one task is sent within the window; the others give its handle. */
  readonly dedupe?: { readonly id: string; readonly for: Duration };
  /** It waits until each of these has an outcome; at most 1,000. */
  readonly after?: readonly TaskHandle<unknown>[];
  /** What it does when one of them failed, was cancelled or missed its deadline: `fail` (default), or `run`. */
  readonly afterFailure?: AfterFailure;
}

const enqueueOptionNames: OptionNames<EnqueueOptions> = {
  priority: true,
  deadline: true,
  delay: true,
  expires: true,
  key: true,
  tenant: true,
  cost: true,
  dedupe: true,
  after: true,
  afterFailure: true,
};
const dedupeOptionNames: OptionNames<NonNullable<EnqueueOptions['dedupe']>> = { id: true, for: true };

/** A payload bound to its task, for `gather`. */
export interface TaskCall<Output> {
  readonly task: string;
  enqueue(): Promise<TaskHandle<Output>>;
}

/** One enqueue, with everything decided. */
interface Prepared {
  readonly id: TaskId;
  readonly message: EngineMessage;
}

export class Task<Payload, Input, Result, Output> {
  readonly plan: TaskPlan;
  readonly #desk: TaskDesk;
  #handler: TaskHandler<Payload, Result> | undefined;
  #nextArrivalMs = 0;

  constructor(desk: TaskDesk, plan: TaskPlan, run: TaskHandler<Payload, Result> | undefined) {
    this.#desk = desk;
    this.plan = plan;
    this.#handler = run;
  }

  get name(): string {
    return this.plan.name;
  }

  /** The queue that carries it. */
  get queue(): string {
    return this.plan.queue;
  }

  /** What does the work, if this process can. */
  get handler(): TaskHandler<Payload, Result> | undefined {
    return this.#handler;
  }

  /** Gives the task its handler; it has one. */
  handle(run: TaskHandler<Payload, Result>): this {
    if (typeof run !== 'function') throw refusal(`the handler of task '${this.name}' is no function`);
    if (this.#handler !== undefined || this.plan.thread !== undefined)
      throw refusal(`task '${this.name}' has a handler already`);
    this.#handler = run;
    return this;
  }

  /**
   * Resolves when the task is durable. Rejects with `SchemaMismatch`, `bad-input` (a cycle, a deadline in the past, an
   * option that does not exist),
   * `limit-reached` (too large, or a full queue), `not-found` for a task of `after` that is known to be nowhere,
   * `unsupported` for what the engine has not.
   */
  async enqueue(payload: Input, options: EnqueueOptions = {}): Promise<TaskHandle<Output>> {
    requireKnownOptions(options, enqueueOptionNames, 'enqueue');
    this.#admit();
    const { plan } = this;
    if (!this.#desk.isDeclared(plan)) await this.#desk.declare(plan);
    const prepared = this.#prepare(payload, options);
    const { id, message } = prepared instanceof Promise ? await prepared : prepared;
    if (message.after !== undefined) await requireKnown(this.#desk, options.after!);
    if (options.dedupe === undefined) {
      await this.#desk.send(plan.queue, [message]);
      return this.find(id);
    }
    const sent = await this.#desk.sendOnce(plan.queue, message, id, this.#windowOf(options.dedupe));
    if (options.after?.some((other) => other.id === sent) === true)
      throw refusal(`task ${sent} cannot wait for itself: it was sent before, under the same dedupe.id`);
    return new TaskHandle(sent, plan, this.#desk, sent === id);
  }

  /** Enqueues many, in order and as one sync; nothing is sent when one payload is refused. */
  async enqueueAll(
    payloads: readonly Input[],
    options: Omit<EnqueueOptions, 'dedupe'> = {},
  ): Promise<TaskHandle<Output>[]> {
    if (!isList(payloads)) throw refusal(`the payloads of task '${this.name}' are a list`);
    requireKnownOptions(options, enqueueOptionNames, 'enqueueAll');
    if ('dedupe' in options) throw refusal('dedupe is for one task: give it to enqueue');
    await this.#desk.declare(this.plan);
    const prepared: Prepared[] = [];
    for (const payload of payloads) prepared.push(await this.#prepare(payload, options));
    if (prepared[0]?.message.after !== undefined) await requireKnown(this.#desk, options.after!);
    await this.#desk.send(
      this.plan.queue,
      prepared.map(({ message }) => message),
    );
    return prepared.map(({ id }) => this.find(id));
  }

  /** The payload with its task, for `gather`. */
  with(payload: Input, options?: EnqueueOptions): TaskCall<Output> {
    return { task: this.name, enqueue: () => this.enqueue(payload, options) };
  }

  /**
   * No worker begins one until `resume`, wherever it is, through restarts; those at work end, and it can still be
   * enqueued. The pause is its queue's, and holds for all tasks that share it. False: it was paused already.
   */
  pause(): Promise<boolean> {
    return this.#desk.setPaused(this.plan, true);
  }

  /** Workers go on. False: it was not paused. */
  resume(): Promise<boolean> {
    return this.#desk.setPaused(this.plan, false);
  }

  /** A task by its name, enqueued by any process. */
  find(id: string): TaskHandle<Output> {
    return new TaskHandle(id as TaskId, this.plan, this.#desk);
  }

  /** The analysis counted on a least time between two arrivals. */
  #admit(): void {
    const { admission, gapMs, name } = this.plan;
    if (admission === undefined || gapMs === undefined) return;
    const nowMs = this.#desk.clock.now();
    if (nowMs >= this.#nextArrivalMs) {
      this.#nextArrivalMs = nowMs + gapMs;
      return;
    }
    const text = `task '${name}' comes more often than its arrivals say, and deadlines could be missed`;
    if (admission === 'reject')
      throw new SluiceError('limit-reached', text, { retryable: true, details: { task: name } });
    this.#desk.warn(text);
  }

  /** Validates what the worker will see: the payload after its way through JSON. */
  #prepare(payload: Input, options: EnqueueOptions): Prepared | Promise<Prepared> {
    const { input, name } = this.plan;
    const what = `the payload of task '${name}'`;
    const text = payload === undefined ? '' : jsonOf(payload, what);
    const body = Buffer.from(text);
    if (input === undefined) return this.#compose(body, payload as unknown as Payload, options);
    const validation = validate(input, decodeValue(text, what));
    const composed = (found: Awaited<typeof validation>): Prepared => {
      if (found.kind === 'invalid') throw new SchemaMismatch(what, found.issues);
      return this.#compose(body, found.value as Payload, options);
    };
    return validation instanceof Promise ? validation.then(composed) : composed(validation);
  }

  #compose(body: Buffer, payload: Payload, options: EnqueueOptions): Prepared {
    const { plan } = this;
    const nowMs = this.#desk.clock.now();
    const id = this.#desk.ids.next();
    const delayMs = options.delay === undefined ? undefined : delayOf(options.delay, nowMs);
    const message = taskMessage({
      id,
      name: plan.name,
      body,
      nowMs,
      delayMs,
      priority: options.priority === undefined ? plan.priority : priorityOf(options.priority),
      key: checkedLabel(options.key ?? plan.key?.(payload as never), 'key', plan.name),
      tenant: checkedLabel(options.tenant ?? plan.tenant?.(payload as never), 'tenant', plan.name),
      deadlineMs: this.#deadlineOf(options.deadline ?? plan.deadlineMs, nowMs, delayMs ?? 0),
      expirationMs: options.expires === undefined ? undefined : millisecondsOf(options.expires, 'expires'),
      costMs: options.cost === undefined ? this.#costMs : millisecondsOf(options.cost, 'cost'),
      after: checkedAfter(this.#desk, options.after, options.afterFailure ?? 'fail'),
      runsAfterFailure: options.afterFailure === 'run',
    });
    return { id, message };
  }

  /** Declared, or learned where the queue may be ordered by it: a task's own queue is not. */
  get #costMs(): number | undefined {
    const { costMs, queueOptions, name } = this.plan;
    return costMs ?? (queueOptions === undefined ? this.#desk.costs.estimate(name)?.p95Ms : undefined);
  }

  #deadlineOf(deadline: Duration | Date | undefined, nowMs: number, delayMs: number): number | undefined {
    if (deadline === undefined) return undefined;
    if (!(deadline instanceof Date))
      return Math.round(nowMs) + delayMs + millisecondsOf(deadline, 'the deadline');
    const deadlineMs = deadline.getTime();
    if (deadlineMs > nowMs + delayMs) return deadlineMs;
    const when = Number.isNaN(deadlineMs) ? 'is no date' : `${deadline.toISOString()} is in the past`;
    throw refusal(`the deadline of a task '${this.name}' ${when}${delayMs > 0 ? ' at its release' : ''}`);
  }

  #windowOf(dedupe: NonNullable<EnqueueOptions['dedupe']>): { key: string; windowMs: number } {
    requireKnownOptions(dedupe, dedupeOptionNames, 'dedupe');
    const { id, for: window } = dedupe;
    if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > 255)
      throw refusal('dedupe.id is a text of 1 to 255 bytes');
    const windowMs = millisecondsOf(window, 'dedupe.for');
    if (windowMs === 0) throw refusal('dedupe.for is longer than nothing');
    return { key: `dedupe/${this.name}/${id}`, windowMs };
  }
}

function isList(given: unknown): boolean {
  return Array.isArray(given);
}

/** Milliseconds from now; a moment that has passed is now. */
function delayOf(delay: Duration | Date, nowMs: number): number | undefined {
  const delayMs = delay instanceof Date ? Math.max(0, Math.round(delay.getTime() - nowMs)) : delay;
  const milliseconds = millisecondsOf(delayMs, 'the delay');
  return milliseconds === 0 ? undefined : milliseconds;
}

function refusal(message: string): SluiceError {
  return new SluiceError('bad-input', message);
}
