/**
 * When the next job of each task of a worker is to come: periodic ones by their schedule, others one gap after the
 * last, as their arrivals say. Invariant: a job that does not come when it should is soon waited for no longer.
 */
import type { ExpectedJob } from '../../scheduling/index.js';
import type { LearnedCosts } from '../costs.js';
import type { TaskPlan } from '../task-options.js';

/** A job that is due may be on its way for so long, through the disk and the network. */
const underwayMsMax = 100;
/** It is looked for this often meanwhile, should its coming not be told. */
const lookMs = 5;

const never: ExpectedJob = { cost: 0, due: Infinity, releaseAt: Infinity };

export class ExpectedReleases {
  readonly #costs: LearnedCosts;
  readonly #sinceMs: number;
  /** The last release that came, by task. */
  readonly #last = new Map<string, number>();

  constructor(costs: LearnedCosts, nowMs: number) {
    this.#costs = costs;
    this.#sinceMs = nowMs;
  }

  /** A job came that was released at `releaseMs`. */
  came(task: string, releaseMs: number): void {
    this.#last.set(task, Math.max(releaseMs, this.#last.get(task) ?? -Infinity));
  }

  /** What one run of the task takes, declared or learned; undefined: not known. */
  costMsOf({ costMs, name }: TaskPlan): number | undefined {
    return costMs ?? this.#costs.estimate(name)?.p95Ms;
  }

  /** The next job of a task, as far as its cost, its deadline and its coming are known. */
  next(plan: TaskPlan, nowMs: number): ExpectedJob {
    const cost = this.costMsOf(plan);
    const releaseMs = cost === undefined ? Infinity : this.#nextReleaseMs(plan, nowMs);
    if (cost === undefined || plan.deadlineMs === undefined || releaseMs === Infinity) return never;
    const releaseAt = releaseMs > nowMs ? releaseMs : nowMs + lookMs;
    return { cost, due: releaseMs + plan.deadlineMs, releaseAt };
  }

  #nextReleaseMs({ name, periodic, gapMs }: TaskPlan, nowMs: number): number {
    const last = this.#last.get(name);
    const earliestMs = nowMs - underwayMsMax;
    if (periodic !== undefined)
      return periodic.schedule.next(Math.max(last ?? this.#sinceMs, earliestMs)) ?? Infinity;
    const releaseMs = last === undefined || gapMs === undefined ? Infinity : last + gapMs;
    return releaseMs > earliestMs ? releaseMs : Infinity;
  }
}
