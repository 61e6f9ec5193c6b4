/** What an exact test refuses has a witness, and its responses are reached by some pattern of arrivals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, type AnalysisOptions } from './analyze.js';
import { findOverdemand } from './edf-demand.js';
import { simulate, type Arrivals, type SimulationOptions } from './simulation.js';
import { StepBudget } from './step-budget.js';
import { fitsAlone, lowerThan, ranksOf, type Task } from './task.js';
import { criticalInstant, periodicFrom } from './testing/arrival-patterns.js';
import { findOverdemandPlainly } from './testing/plain-demand.js';
import { taskSetFrom, type TaskSetRange } from './testing/task-sets.js';
import { compareUtilisation, hyperperiodOf } from './utilisation.js';

const drawnTask = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());

function taskSets({ tasksMax = 4, ...range }: TaskSetRange & { tasksMax?: number } = {}) {
  return fc.array(drawnTask, { minLength: 1, maxLength: tasksMax }).map((drawn) => taskSetFrom(drawn, range));
}

const one = { workers: 1, isHoldBack: false } as const;

function longestResponse(
  tasks: readonly Task[],
  task: number,
  options: Omit<SimulationOptions, 'workers' | 'isHoldBack'>,
): number {
  const { jobs } = simulate(tasks, { ...one, ...options });
  return Math.max(
    0,
    ...jobs.filter((job) => job.task === task).map(({ arrival, endedAt }) => endedAt - arrival),
  );
}

/** The pattern that theory calls the worst for a task under fixed priorities. */
function worstPattern(tasks: readonly Task[], task: number, ranks: readonly number[], isPreemptive: boolean) {
  const lower = lowerThan(tasks, ranks, task);
  const longest = isPreemptive ? undefined : [...lower].sort((a, b) => b.cost - a.cost)[0];
  const blocker = longest === undefined ? undefined : tasks.indexOf(longest);
  const absent = new Set(lower.map((other) => tasks.indexOf(other)).filter((other) => other !== blocker));
  return criticalInstant(tasks, blocker, absent).arrivals;
}

describe('fixed priorities', () => {
  it.each([
    ['rm', true],
    ['dm', true],
    ['rm', false],
    ['dm', false],
  ] as const)(
    '%s, preemptive %s: each response is reached at the critical instant',
    (policy, isPreemptive) => {
      fc.assert(
        fc.property(taskSets({ withJitter: true }), (tasks) => {
          fc.pre(compareUtilisation(tasks, 1) <= 0);
          const analysis = analyze(tasks, { policy, isPreemptive, isBrief: true });
          const horizon = 40 + 3 * hyperperiodOf(tasks)!;
          fc.pre(horizon < 20_000);
          const ranks = ranksOf(tasks, policy);
          tasks.forEach((_task, index) => {
            const arrivals = worstPattern(tasks, index, ranks, isPreemptive);
            const reached = longestResponse(tasks, index, { policy, isPreemptive, horizon, arrivals });
            expect(reached).toBe(analysis.tasks[index]!.responseMax);
          });
        }),
        { numRuns: 200 },
      );
    },
  );
});

/** Arrivals of which one must make a refused set late. */
function candidates(tasks: readonly Task[], isPreemptive: boolean): Arrivals[] {
  const blockers = isPreemptive ? [] : tasks.map((_task, index) => index);
  return [undefined, ...blockers].map((blocker) => criticalInstant(tasks, blocker).arrivals);
}

describe('earliest deadline first', () => {
  it.each([true, false])('preemptive %s: every refused set has a witness', (isPreemptive) => {
    let refused = 0;
    fc.assert(
      fc.property(taskSets({ withJitter: isPreemptive }), (tasks) => {
        const analysis = analyze(tasks, { isPreemptive, isBrief: true });
        expect(analysis.exact).toBe(true);
        if (analysis.schedulable) return;
        refused++;
        const options = { ...one, policy: 'edf', isPreemptive, horizon: 2_000 } as const;
        const late = candidates(tasks, isPreemptive).some(
          (arrivals) => simulate(tasks, { ...options, arrivals }).misses.length > 0,
        );
        expect(late).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  it.each([true, false])('preemptive %s: each response is reached by some offsets', (isPreemptive) => {
    fc.assert(
      fc.property(taskSets({ tasksMax: 3, periodMax: 6 }), (tasks) => {
        fc.pre(compareUtilisation(tasks, 1) <= 0);
        const analysis = analyze(tasks, { isPreemptive, isBrief: true });
        tasks.forEach((_task, index) => {
          expect(reachedByOffsets(tasks, index, isPreemptive)).toBe(analysis.tasks[index]!.responseMax);
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([true, false])('preemptive %s: the quick search agrees with the plain test', (isPreemptive) => {
    fc.assert(
      fc.property(taskSets({ tasksMax: 8, periodMax: 40, withJitter: true }), (tasks) => {
        fc.pre(compareUtilisation(tasks, 1) <= 0 && tasks.every(fitsAlone));
        const budget = new StepBudget(50_000_000);
        const quick = findOverdemand(tasks, isPreemptive, budget);
        const plain = findOverdemandPlainly(tasks, isPreemptive, budget);
        expect(quick === undefined).toBe(plain === undefined);
      }),
      { numRuns: 400 },
    );
  });
});

/** The longest response of a task over all offsets of all tasks, equal deadlines being lost by it. */
function reachedByOffsets(tasks: readonly Task[], index: number, isPreemptive: boolean): number {
  // The simulator lets the task listed last lose.
  const order = [...tasks.filter((_task, other) => other !== index), tasks[index]!];
  const horizon = 12 + 3 * hyperperiodOf(order)!;
  let longest = 0;
  for (const offsets of offsetsOf(order)) {
    const arrivals = periodicFrom(order, offsets);
    const options = { policy: 'edf', isPreemptive, horizon, arrivals } as const;
    longest = Math.max(longest, longestResponse(order, order.length - 1, options));
  }
  return longest;
}

function offsetsOf([first, ...rest]: readonly Task[]): number[][] {
  if (first === undefined) return [[]];
  const others = offsetsOf(rest);
  return Array.from({ length: first.period }, (_, offset) =>
    others.map((other) => [offset, ...other]),
  ).flat();
}

describe('hold-back', () => {
  it('is accepted or refused as the simulation of several hyperperiods goes', () => {
    const held: AnalysisOptions = { isHoldBack: true, isBrief: true };
    fc.assert(
      fc.property(taskSets(), (tasks) => {
        const { schedulable, exact } = analyze(tasks, held);
        expect(exact).toBe(true);
        if (!schedulable && compareUtilisation(tasks, 1) > 0) return;
        const horizon = 3 * hyperperiodOf(tasks)!;
        fc.pre(horizon < 20_000);
        const how = { policy: 'edf', workers: 1, isPreemptive: false, isHoldBack: true, horizon } as const;
        expect(simulate(tasks, how).misses.length === 0).toBe(schedulable);
      }),
      { numRuns: 200 },
    );
  });
});
