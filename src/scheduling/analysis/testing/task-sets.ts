/** Task sets for tests: written shortly, and drawn at random small enough to be tried exhaustively. */
import { completeTasks, type Task } from '../task.js';

/** Tasks named a, b, c, … from `[cost, period, deadline?]`. */
export function tasksOf(
  ...rows: readonly (readonly [cost: number, period: number, deadline?: number])[]
): Task[] {
  return completeTasks(
    rows.map(([cost, period, deadline], index) => ({
      name: String.fromCharCode(97 + index),
      cost,
      period,
      ...(deadline === undefined ? {} : { deadline }),
    })),
  );
}

/** What drawn tasks are like. */
export interface TaskSetRange {
  readonly periodMax?: number;
  readonly withJitter?: boolean;
}

/** Any numbers from zero, from which one task is made. */
export type DrawnTask = readonly [period: number, cost: number, deadline: number, jitter: number];

/** Tasks from any numbers: with few of them, most sets are near the edge of what can be met. */
export function taskSetFrom(
  drawn: readonly DrawnTask[],
  { periodMax = 12, withJitter = false }: TaskSetRange = {},
): Task[] {
  return drawn.map(([forPeriod, forCost, forDeadline, forJitter], index) => {
    const period = 2 + (forPeriod % (periodMax - 1));
    const cost = Math.max(1, Math.floor((period * (forCost % 61)) / 100));
    const deadline = Math.max(cost, Math.ceil((period * (50 + (forDeadline % 51))) / 100));
    const jitter = withJitter ? Math.floor((deadline * (forJitter % 41)) / 100) : 0;
    return { name: String.fromCharCode(97 + index), cost, period, deadline, jitter };
  });
}
