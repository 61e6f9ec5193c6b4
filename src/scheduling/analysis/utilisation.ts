/** How much of a worker the tasks ask for, when their pattern repeats, and the two classic bounds on utilisation. */
import { approximate, compareSum, type Fraction } from './ratio.js';
import type { Task } from './task.js';

/** The share of a worker that each task asks for. */
export function shares(tasks: readonly Task[]): Fraction[] {
  return tasks.map(({ cost, period }) => ({ over: cost, under: period }));
}

/** The utilisation `sum(C / T)`, for people: compare with `compareUtilisation`. */
export function utilisationOf(tasks: readonly Task[]): number {
  return approximate(shares(tasks));
}

/** The sign of `utilisation - limit`, exactly. */
export function compareUtilisation(tasks: readonly Task[], limit: number): -1 | 0 | 1 {
  return compareSum(shares(tasks), limit);
}

/** The least common multiple of the periods; `undefined` when it is over `max`. */
export function hyperperiodOf(tasks: readonly Task[], max = 2 ** 51): number | undefined {
  let multiple = 1n;
  for (const { period } of tasks) {
    let [a, b] = [multiple, BigInt(period)];
    while (b !== 0n) [a, b] = [b, a % b];
    multiple = (multiple / a) * BigInt(period);
    if (multiple > BigInt(max)) return undefined;
  }
  return Number(multiple);
}

/** A sufficient bound and whether the tasks keep it. */
export interface Bound {
  readonly name: 'liu-layland' | 'hyperbolic';
  readonly value: number;
  readonly limit: number;
  readonly passes: boolean;
}

/** Both bounds hold for rate monotonic, preemptive, without jitter, with each deadline at its period. */
export function rateMonotonicBounds(tasks: readonly Task[]): Bound[] {
  return [liuLayland(tasks), hyperbolic(tasks)];
}

/** `U <= n (2^(1/n) - 1)` (Liu and Layland 1973). */
export function liuLayland(tasks: readonly Task[]): Bound {
  const value = utilisationOf(tasks);
  const limit = tasks.length * (2 ** (1 / tasks.length) - 1);
  // The limit is irrational but for one task; what lies within rounding of it is refused.
  const passes = tasks.length === 1 ? compareUtilisation(tasks, 1) <= 0 : value <= limit - 1e-12;
  return { name: 'liu-layland', value, limit, passes };
}

/** `product(U_i + 1) <= 2` (Bini, Buttazzo and Buttazzo 2003), compared exactly. */
export function hyperbolic(tasks: readonly Task[]): Bound {
  const value = tasks.reduce((product, { cost, period }) => product * (cost / period + 1), 1);
  const limit = 2;
  if (Math.abs(value - limit) > 1e-6) return { name: 'hyperbolic', value, limit, passes: value < limit };
  const over = tasks.reduce((product, { cost, period }) => product * BigInt(cost + period), 1n);
  const under = tasks.reduce((product, { period }) => product * BigInt(period), 1n);
  return { name: 'hyperbolic', value, limit, passes: over <= 2n * under };
}
