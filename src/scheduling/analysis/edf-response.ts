/**
 * Worst response times under earliest deadline first on one worker: preemptive (Spuri 1996) and not (George, Rivierre
 * and Spuri 1996). For each arrival `a` of a job at which another task's deadline coincides with the job's own, the
 * work due no later that can be in its way is summed up; the worst response is the maximum over all `a`.
 */
import { leastFixpoint } from './busy-work.js';
import { blockingAt, busyPeriod, patternSpan } from './edf-demand.js';
import type { StepBudget } from './step-budget.js';
import type { Task } from './task.js';

/** The worst response of each task. The utilisation is at most 1. */
export function edfResponses(tasks: readonly Task[], isPreemptive: boolean, budget: StepBudget): number[] {
  const blocking = isPreemptive ? 0 : blockingAt(tasks, -1).blocking;
  // Arrivals before this moment, from the start of a busy period, show every response there is.
  const span = busyPeriod(tasks, { limit: patternSpan(tasks) ?? Infinity, blocking }, budget);
  const responseAt = isPreemptive ? preemptiveResponseAt : nonPreemptiveResponseAt;
  return tasks.map((task) => {
    budget.spend(tasks.length);
    const others = tasks.filter((other) => other !== task);
    let worst = task.cost + task.jitter;
    for (const arrival of arrivalsToTry(tasks, task, span, budget))
      worst = Math.max(worst, responseAt(others, task, arrival, budget));
    return worst;
  });
}

/** Every `a >= -J` before `span` at which `a + D` is a deadline of some task that arrived as early as it can. */
function arrivalsToTry(
  tasks: readonly Task[],
  task: Task,
  span: number,
  budget: StepBudget,
): ReadonlySet<number> {
  const arrivals = new Set<number>([-task.jitter]);
  for (const { period, deadline, jitter } of tasks) {
    const shift = deadline - jitter - task.deadline;
    const first = Math.max(0, Math.ceil((-task.jitter - shift) / period));
    for (let arrival = shift + first * period; arrival < span; arrival += period) {
      budget.spend(20);
      arrivals.add(arrival);
    }
  }
  return arrivals;
}

/** Jobs of `other` that arrive from `-J` on and are due at or before `due`. */
function jobsDueBy({ period, deadline, jitter }: Task, due: number): number {
  return Math.max(0, Math.floor((due + jitter - deadline) / period) + 1);
}

/** The response of the job of `task` that arrives at `arrival`: Spuri's `L(a) - a`. */
function preemptiveResponseAt(
  others: readonly Task[],
  task: Task,
  arrival: number,
  budget: StepBudget,
): number {
  budget.spend(4 * others.length + 1);
  const due = arrival + task.deadline;
  const jobs = Math.floor((arrival + task.jitter) / task.period) + 1;
  const first = arrival - (jobs - 1) * task.period;
  const inWay = others.filter((other) => jobsDueBy(other, due) > 0);
  const start = inWay.reduce((sum, { cost }) => sum + cost, first <= 0 ? task.cost : 0);
  const end = leastFixpoint(start, budget, (w) => {
    budget.spend(3 * inWay.length + 2);
    let work = Math.min(Math.max(0, Math.ceil((w - first) / task.period)), jobs) * task.cost;
    for (const other of inWay) {
      const arrived = Math.ceil((w + other.jitter) / other.period);
      work += Math.min(arrived, jobsDueBy(other, due)) * other.cost;
    }
    return Math.max(w, work);
  });
  return end - arrival;
}

/** The same, not preemptive: what matters is when the job starts, and who holds the worker before. */
function nonPreemptiveResponseAt(
  others: readonly Task[],
  task: Task,
  arrival: number,
  budget: StepBudget,
): number {
  budget.spend(4 * others.length + 1);
  const due = arrival + task.deadline;
  const before = Math.floor((arrival + task.jitter) / task.period);
  const first = arrival - before * task.period;
  const inWay = others.filter((other) => jobsDueBy(other, due) > 0);
  const { blocking } = blockingAt(others, due);
  const start = leastFixpoint(blocking, budget, (w) => {
    budget.spend(3 * inWay.length + 2);
    const own = w < first ? 0 : Math.floor((w - first) / task.period) + 1;
    let work = blocking + Math.min(own, before) * task.cost;
    for (const other of inWay) {
      const arrived = Math.floor((w + other.jitter) / other.period) + 1;
      work += Math.min(arrived, jobsDueBy(other, due)) * other.cost;
    }
    return work;
  });
  return start + task.cost - arrival;
}
