/** The work that tasks bring while a worker is busy, all arriving at once, and the window in which it is all done. */
import type { StepBudget } from './step-budget.js';
import type { Task } from './task.js';

/** The least `w >= from` that `next` maps onto itself; `next` must not decrease. */
export function leastFixpoint(from: number, budget: StepBudget, next: (w: number) => number): number {
  for (let w = from; ;) {
    const following = budget.exact(next(w));
    if (following === w) return w;
    w = following;
  }
}

/** Work of tasks that is released before `w` is over (`ceil`). */
export function workBefore(tasks: readonly Task[], w: number, budget: StepBudget): number {
  budget.spend(tasks.length + 1);
  let work = 0;
  for (const { cost, period, jitter } of tasks) work += Math.ceil((w + jitter) / period) * cost;
  return work;
}

/** Work of tasks that is released up to `w` and at `w` itself (`floor + 1`). */
export function workUpTo(tasks: readonly Task[], w: number, budget: StepBudget): number {
  budget.spend(tasks.length + 1);
  let work = 0;
  for (const { cost, period, jitter } of tasks) work += (Math.floor((w + jitter) / period) + 1) * cost;
  return work;
}
