/**
 * The deliveries of a worker with one slot, by deadline over all its queues, held back while starting one would make
 * an expected one late. Invariant: a job is held no longer than it can still be in time itself, or for a minute when
 * it has no deadline.
 */
import { headerNames, type Deliveries, type Delivery } from '../../engines/index.js';
import type { CancelTimer, Clock } from '../../kernel/index.js';
import { holdBack, orderOf, Window, type ExpectedJob, type HoldBackChoice } from '../../scheduling/index.js';
import type { LearnedCosts } from '../costs.js';
import { taskHeaders } from '../task-message.js';
import type { TaskPlan } from '../task-options.js';
import { ExpectedReleases } from './expected-releases.js';

interface Waiting {
  readonly resolve: (result: IteratorResult<Delivery, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** A delivery that has not begun. */
interface Job {
  readonly delivery: Delivery;
  /** Undefined: a task that this worker does not know. */
  readonly plan: TaskPlan | undefined;
  readonly deadlineMs: number | undefined;
  readonly sinceMs: number;
}

/** What has no deadline is held back for so long at most. */
const holdMsMax = 60_000;

export class HoldBackFeed {
  readonly #clock: Clock;
  readonly #plans: ReadonlyMap<string, TaskPlan>;
  readonly #expected: ExpectedReleases;
  readonly #streams: Deliveries[] = [];
  readonly #window = new Window<Job>({ order: orderOf('deadline') });
  readonly #jobs = new Set<Job>();
  #asking: Waiting | undefined;
  #cancelTimer: CancelTimer | undefined;
  #end: { readonly error: unknown } | undefined;

  constructor(plans: readonly TaskPlan[], clock: Clock, costs: LearnedCosts) {
    this.#clock = clock;
    this.#plans = new Map(plans.map((plan) => [plan.name, plan]));
    this.#expected = new ExpectedReleases(costs, clock.now());
  }

  add(stream: Deliveries): void {
    this.#streams.push(stream);
    void this.#pull(stream);
  }

  /** The delivery to begin with now; undefined: none, or it is held back, and a timer tells when to look again. */
  take(): Delivery | undefined {
    this.#cancelTimer?.();
    if (this.#end !== undefined) return undefined;
    const nowMs = this.#clock.now();
    const position = this.#window.take(nowMs);
    if (position < 0) return undefined;
    const job = this.#window.valueOf(position)!;
    const choice = this.#choose(job, nowMs);
    if (choice.kind === 'wait') {
      this.#window.giveBack(position);
      this.#cancelTimer = this.#clock.after(choice.until - nowMs, () => {
        this.#decide();
      });
      return undefined;
    }
    this.#window.remove(position);
    this.#jobs.delete(job);
    return job.delivery;
  }

  /** The delivery to begin with; done after `close`. Rejects with what ended a stream. Asked one at a time. */
  next(): Promise<IteratorResult<Delivery, undefined>> {
    return new Promise((resolve, reject) => {
      this.#asking = { resolve, reject };
      this.#decide();
    });
  }

  /** Takes no more, and gives back what has not begun. */
  async close(): Promise<void> {
    this.#end ??= { error: undefined };
    this.#cancelTimer?.();
    for (const { delivery } of this.#jobs) void delivery.release();
    this.#jobs.clear();
    await Promise.all(this.#streams.map((stream) => stream.close()));
    this.#decide();
  }

  async #pull(stream: Deliveries): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await stream.next();
        if (done === true) return;
        if (this.#end === undefined) this.#hold(value);
        else void value.release();
      }
    } catch (error) {
      this.#end ??= { error };
      this.#decide();
    }
  }

  #hold(delivery: Delivery): void {
    const nowMs = this.#clock.now();
    const { type } = delivery;
    const plan = type === undefined ? undefined : this.#plans.get(type);
    const deadlineMs = delivery.deadline?.getTime();
    const job: Job = { delivery, plan, deadlineMs, sinceMs: nowMs };
    this.#jobs.add(job);
    this.#window.add(job, { arrivalMs: nowMs, deadlineMs });
    if (plan !== undefined) this.#expected.came(plan.name, releaseMsOf(job, plan));
    this.#decide();
  }

  #decide(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    if (this.#end !== undefined) {
      this.#asking = undefined;
      if (this.#end.error === undefined) asking.resolve({ done: true, value: undefined });
      else asking.reject(this.#end.error);
      return;
    }
    const value = this.take();
    if (value === undefined) return;
    this.#asking = undefined;
    asking.resolve({ done: false, value });
  }

  #choose({ delivery, plan, deadlineMs, sinceMs }: Job, nowMs: number): HoldBackChoice {
    const costMs = plan === undefined ? undefined : this.#costMsOf(delivery, plan);
    // What is not known cannot be planned for.
    if (costMs === undefined) return { kind: 'start' };
    const others: ExpectedJob[] = [];
    for (const other of this.#plans.values()) if (other !== plan) others.push(this.#earliestOf(other, nowMs));
    return holdBack(nowMs, costMs, others, deadlineMs ?? sinceMs + holdMsMax + costMs);
  }

  /** The earliest job of a task that is not done: one that waits here, or the next to come. */
  #earliestOf(plan: TaskPlan, nowMs: number): ExpectedJob {
    let earliest: ExpectedJob | undefined;
    for (const job of this.#jobs) {
      const due = job.deadlineMs ?? Infinity;
      if (job.plan !== plan || (earliest !== undefined && earliest.due <= due)) continue;
      earliest = { cost: this.#costMsOf(job.delivery, plan) ?? 0, due, releaseAt: job.sinceMs };
    }
    return earliest ?? this.#expected.next(plan, nowMs);
  }

  #costMsOf(delivery: Delivery, plan: TaskPlan): number | undefined {
    const told = delivery.header(headerNames.cost);
    return typeof told === 'number' ? told : this.#expected.costMsOf(plan);
  }
}

/** When a job was released, as far as its message says. */
function releaseMsOf({ delivery, deadlineMs, sinceMs }: Job, plan: TaskPlan): number {
  const fireMs = delivery.header(taskHeaders.fireMs);
  if (fireMs !== undefined) return Number(fireMs);
  return deadlineMs === undefined || plan.deadlineMs === undefined ? sinceMs : deadlineMs - plan.deadlineMs;
}
