/**
 * One attempt in figures: how long its task waited, what it took, how it ended. Invariant: an end counts once, when it is
 * durable, and only an attempt that began is no longer at work then.
 */
import { headerNames, type Delivery } from '../../engines/index.js';
import type { Clock } from '../../kernel/index.js';
import type { AttemptResult } from '../attempt-result.js';
import type { LearnedCosts } from '../costs.js';
import { taskHeaders } from '../task-message.js';
import type { TaskPlan } from '../task-options.js';
import type { TaskReporter } from './task-reporter.js';
import type { TaskTally } from './task-tally.js';

interface Desk {
  readonly clock: Clock;
  readonly costs: LearnedCosts;
  readonly reporter: TaskReporter;
}

type End = AttemptResult['kind'];

export class AttemptFigures {
  readonly #desk: Desk;
  readonly #plan: TaskPlan;
  readonly #delivery: Delivery;
  #isBegun = false;
  /** When it began, Unix ms; 0 before. */
  beganMs = 0;

  constructor(desk: Desk, plan: TaskPlan, delivery: Delivery) {
    this.#desk = desk;
    this.#plan = plan;
    this.#delivery = delivery;
  }

  /** A worker has a place for it. */
  begun(): void {
    this.#isBegun = true;
    const tally = this.#tally;
    tally.counts.attempts++;
    tally.running++;
    const nowMs = (this.beganMs = this.#desk.clock.now());
    const { attempt, deadline } = this.#delivery;
    if (attempt === 1) this.#record(tally.wait, nowMs);
    if (deadline === undefined) return;
    const costMs = this.#plan.costMs ?? this.#desk.costs.estimate(this.#plan.name)?.p95Ms ?? 0;
    tally.startLaxityMs = Math.min(tally.startLaxityMs, deadline.getTime() - nowMs - costMs);
  }

  /** Its handler has returned or thrown. */
  processed(milliseconds: number): void {
    this.#tally.processing.record(milliseconds * 1_000);
  }

  /** Its end is durable. */
  ended(end: End): void {
    const tally = this.#tally;
    if (this.#isBegun) tally.running--;
    if (end === 'released' || end === 'lost') return;
    tally.counts[end]++;
    if (end === 'retried') return;
    const nowMs = this.#desk.clock.now();
    const { deadline } = this.#delivery;
    if (deadline !== undefined && deadline.getTime() < nowMs) tally.counts.late++;
    if (end === 'completed' || end === 'failed') this.#record(tally.response, nowMs);
  }

  get #tally(): TaskTally {
    return this.#desk.reporter.of(this.#plan.name);
  }

  /** The time since its release: its enqueue, or the end of its delay. */
  #record(into: TaskTally['wait'], nowMs: number): void {
    const enqueuedMs = Number(this.#delivery.header(taskHeaders.enqueuedMs) ?? NaN);
    if (!Number.isFinite(enqueuedMs)) return;
    const delayMs = Number(this.#delivery.header(headerNames.delay) ?? 0);
    into.record(Math.max(0, nowMs - enqueuedMs - (delayMs > 0 ? delayMs : 0)) * 1_000);
  }
}
