/** The published values that every test must reproduce. */
import { describe, expect, it } from 'vitest';
import { analyze, type AnalysisOptions } from './analyze.js';
import { demandUpTo, slackBound } from './edf-demand.js';
import { liuLayland } from './utilisation.js';
import { simulate } from './simulation.js';
import type { Task } from './task.js';
import { tasksOf } from './testing/task-sets.js';

function responses(tasks: readonly Task[], options: AnalysisOptions): (number | undefined)[] {
  return analyze(tasks, { isBrief: true, ...options }).tasks.map(({ responseMax }) => responseMax);
}

function accepts(tasks: readonly Task[], options: AnalysisOptions): boolean {
  return analyze(tasks, { isBrief: true, ...options }).schedulable;
}

const preemptiveRm = { policy: 'rm', isPreemptive: true } as const;

describe('published values', () => {
  it.each([
    [2, 0.8284],
    [3, 0.7798],
    [4, 0.7568],
  ])('Liu and Layland for %d tasks', (count, limit) => {
    const tasks = tasksOf(...Array.from({ length: count }, () => [1, 100] as const));
    expect(liuLayland(tasks).limit).toBeCloseTo(limit, 4);
  });

  it('1: response times, four tasks', () => {
    expect(responses(tasksOf([1, 4], [1, 5], [3, 9], [3, 18]), preemptiveRm)).toEqual([1, 2, 7, 18]);
  });

  it('2: response times up to the period', () => {
    expect(responses(tasksOf([3, 7], [3, 12], [5, 20]), preemptiveRm)).toEqual([3, 6, 20]);
    expect(responses(tasksOf([5, 20], [10, 40], [40, 80]), preemptiveRm)).toEqual([5, 15, 80]);
  });

  it('3: response times, constrained deadlines', () => {
    const tasks = tasksOf([1, 4, 3], [1, 5, 4], [2, 6, 5], [1, 11, 10]);
    expect(responses(tasks, { policy: 'dm', isPreemptive: true })).toEqual([1, 2, 4, 10]);
  });

  it('4: what rate monotonic loses, deadlines save', () => {
    const tasks = tasksOf([2, 5], [4, 7]);
    expect(accepts(tasks, preemptiveRm)).toBe(false);
    expect(responses(tasks, preemptiveRm)).toEqual([2, 8]);
    expect(accepts(tasks, { policy: 'edf', isPreemptive: true })).toBe(true);
    expect(responses(tasks, { policy: 'rm' })).toEqual([5, 6]);
    expect(accepts(tasks, { policy: 'rm' })).toBe(true);
    expect(accepts(tasks, { policy: 'edf' })).toBe(true);
  });

  it('5: how far a cost can rise', () => {
    expect(analyze(tasksOf([1, 2], [1, 5]), preemptiveRm).tasks[1]?.costMax).toBe(2);
  });

  it('6: processor demand', () => {
    const tasks = tasksOf([2, 6, 4], [2, 8, 5], [3, 9, 7]);
    expect(analyze(tasks, { isBrief: true }).utilisation).toBeCloseTo(11 / 12, 12);
    expect(slackBound(tasks)).toBeCloseTo(25, 9);
    const moments = [4, 5, 7, 10, 13, 16, 21, 22];
    expect(moments.map((t) => demandUpTo(tasks, t))).toEqual([2, 4, 7, 9, 11, 16, 18, 20]);
    expect(accepts(tasks, { isPreemptive: true })).toBe(true);
    expect(accepts(tasks, {})).toBe(false);
  });

  it('7: response times under deadlines', () => {
    const options = { policy: 'edf', isPreemptive: true } as const;
    expect(responses(tasksOf([2, 4], [3, 12]), options)).toEqual([2, 7]);
    expect(responses(tasksOf([2, 4], [2, 9], [3, 12]), options)).toEqual([3, 8, 11]);
    expect(responses(tasksOf([2, 5, 4], [3, 6, 5]), options)).toEqual([4, 5]);
  });

  it('8: the slowest job of a busy period is not the first', () => {
    const tasks = tasksOf([4, 10, 10], [4, 14, 13], [4, 14, 13]);
    const { schedulable, tasks: each, cause } = analyze(tasks, { policy: 'rm' });
    expect(schedulable).toBe(false);
    expect(each[2]).toMatchObject({ schedulable: false, responseMax: 14, slack: -1 });
    expect(cause).toContain('1 earlier job of its own');
  });

  it('9: a long job blocks', () => {
    expect(accepts(tasksOf([1, 10], [8, 30], [17, 60]), { policy: 'rm' })).toBe(false);
  });

  it('10: what non-preemptive deadlines lose, holding back saves', () => {
    const tasks = tasksOf([3, 10], [6, 12], [8, 60]);
    expect(accepts(tasks, {})).toBe(false);
    expect(accepts(tasks, { isHoldBack: true })).toBe(true);
    expect(analyze(tasks).advice[0]).toContain('Hold back');
  });

  it("11: Dhall's effect on two workers", () => {
    const tasks = tasksOf([2, 10], [2, 10], [10, 11]);
    expect(accepts(tasks, { workers: 2 })).toBe(false);
    const common = { policy: 'edf', workers: 2, isPreemptive: false, isHoldBack: false } as const;
    const { jobs, misses } = simulate(tasks, { ...common, horizon: 12 });
    expect(jobs.find(({ task }) => task === 2)).toMatchObject({ index: 0, due: 11, endedAt: 12 });
    expect(misses.map(({ task }) => task)).toEqual([2]);
    expect(accepts(tasks, { workers: 2, isPartitioned: true })).toBe(true);
  });
});
