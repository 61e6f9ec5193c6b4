/** However awkward the tasks, the analysis answers, and says so when it gives up. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.js';
import { analyze, type AnalysisOptions } from './analyze.js';
import { StepBudget, attempt } from './step-budget.js';
import { tasksMax, type TaskInput } from './task.js';

/** Many tasks with periods that have little in common, together just under a share of a worker. */
function awkward(count: number, share: number, seed = 7): TaskInput[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const period = 1_000_003 + random.integer(10_000_000) * 2;
    const cost = Math.max(1, Math.floor((period * share) / count));
    return { name: `t${index}`, period, cost, priority: index };
  });
}

const setups: readonly AnalysisOptions[] = [
  { policy: 'rm', isPreemptive: true },
  { policy: 'rm' },
  { policy: 'edf', isPreemptive: true },
  { policy: 'edf' },
  { policy: 'edf', isHoldBack: true },
  { policy: 'edf', workers: 8 },
  { policy: 'dm', workers: 8 },
  { policy: 'edf', workers: 8, isPreemptive: true },
  { policy: 'edf', workers: 8, isPartitioned: true },
];

describe('the analysis ends', () => {
  it.each(setups)('%j', (setup) => {
    for (const tasks of [awkward(12, 0.9999999), awkward(100, 0.97)]) {
      const { tasks: each, cause } = analyze(tasks, setup);
      expect(each).toHaveLength(tasks.length);
      expect(cause).not.toBe('');
    }
  });

  it('with as many tasks as there may be', () => {
    const analysis = analyze(awkward(tasksMax, 0.9), { isBrief: true });
    expect(analysis).toMatchObject({ inconclusive: undefined, exact: true, schedulable: true });
    expect(() => analyze(awkward(tasksMax + 1, 0.9))).toThrow('at most 1000');
  });

  it('that a task is late although the others are too long to look at', () => {
    const tasks = [
      { name: 'a', cost: 1, period: 2 },
      { name: 'b', cost: 2 ** 39 - 1, period: 2 ** 40 },
    ];
    const { schedulable, exact, tasks: each, cause } = analyze(tasks, { policy: 'rm' });
    expect({ schedulable, exact }).toEqual({ schedulable: false, exact: true });
    expect(each[0]).toMatchObject({ schedulable: false, responseMax: undefined });
    expect(cause).toContain('a');
  });

  it('with a utilisation just under 1 and a deadline just under the period', () => {
    const tasks = [
      { name: 'a', cost: 1, period: 2 },
      { name: 'b', cost: 2 ** 39 - 1, period: 2 ** 40, deadline: 2 ** 40 - 1 },
    ];
    for (const setup of setups) expect(analyze(tasks, setup).cause).not.toBe('');
  });

  it('and says that it gave up', () => {
    const analysis = analyze(awkward(12, 0.9), { isHoldBack: true });
    expect(analysis).toMatchObject({ schedulable: false, exact: false });
    expect(analysis.inconclusive).toContain('hyperperiod');
    expect(analysis.cause).toContain('Inconclusive, because');
  });

  it('when the steps are spent, or times grow too long', () => {
    expect(
      attempt(() => {
        new StepBudget(9).spend(10);
      }),
    ).toMatchObject({ kind: 'given-up' });
    expect(attempt(() => new StepBudget(9).exact(2 ** 53))).toMatchObject({ kind: 'given-up' });
    expect(
      attempt(() => {
        new StepBudget(10).spend(10);
      }),
    ).toMatchObject({ kind: 'done' });
  });
});
