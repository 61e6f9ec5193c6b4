/** Less work or more workers never turn a yes into a no; so bisection finds true limits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit } from './admission.js';
import { analyze, type AnalysisOptions } from './analyze.js';
import { fitsAlone, type Task } from './task.js';
import { taskSetFrom, tasksOf, type TaskSetRange } from './testing/task-sets.js';

const drawnTask = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());

function taskSets({ tasksMax = 4, ...range }: TaskSetRange & { tasksMax?: number } = {}) {
  return fc.array(drawnTask, { minLength: 1, maxLength: tasksMax }).map((drawn) => taskSetFrom(drawn, range));
}

const setups: readonly AnalysisOptions[] = [
  { policy: 'rm', isPreemptive: true },
  { policy: 'dm' },
  { policy: 'edf', isPreemptive: true },
  { policy: 'edf' },
  { policy: 'edf', workers: 2 },
  { policy: 'dm', workers: 2 },
  { policy: 'edf', workers: 2, isPreemptive: true },
];

function accepts(tasks: readonly Task[], options: AnalysisOptions): boolean {
  return analyze(tasks, { ...options, isBrief: true }).schedulable;
}

describe.each(setups)('%j', (options) => {
  it('accepts whatever costs less than what it accepted', () => {
    fc.assert(
      fc.property(taskSets({ withJitter: true }), fc.nat(), (tasks, pick) => {
        fc.pre(accepts(tasks, options));
        const index = pick % tasks.length;
        const { cost } = tasks[index]!;
        fc.pre(cost > 1);
        expect(accepts(tasks.with(index, { ...tasks[index]!, cost: cost - 1 }), options)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('names the longest cost of each task, and not one unit less', () => {
    fc.assert(
      fc.property(taskSets({ tasksMax: 3 }), (tasks) => {
        const analysis = analyze(tasks, options);
        tasks.forEach((task, index) => {
          const { costMax } = analysis.tasks[index]!;
          const withCost = (cost: number): boolean => accepts(tasks.with(index, { ...task, cost }), options);
          if (costMax === undefined) expect(withCost(1)).toBe(false);
          else expect([withCost(costMax), withCost(costMax + 1)]).toEqual([true, false]);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('names the fewest workers', () => {
    fc.assert(
      fc.property(taskSets({ tasksMax: 6 }), (tasks) => {
        fc.pre(tasks.every(fitsAlone));
        const { fewestWorkers } = analyze(tasks, options);
        const enough = tasks.map((_task, index) => accepts(tasks, { ...options, workers: index + 1 }));
        expect(fewestWorkers).toBe(enough.indexOf(true) + 1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the factor for all costs', () => {
  it('is what utilisation leaves', () => {
    expect(analyze(tasksOf([1, 4], [1, 4]), { isPreemptive: true }).costFactorMax).toBe(2);
    expect(analyze(tasksOf([5, 4], [5, 10]), { isPreemptive: true }).costFactorMax).toBe(0.571);
  });
});

describe('advice', () => {
  it('is empty when all is well, and names what helps when not', () => {
    expect(analyze(tasksOf([1, 4])).advice).toEqual([]);
    const { advice, cause } = analyze(tasksOf([3, 4], [3, 6]));
    expect(cause).toBe('The tasks ask for 1.25 workers, and there is 1.');
    expect(advice.some((sentence) => /Shorten one cost: .*b to 1/.test(sentence))).toBe(true);
    expect(advice).toContain('Use 2 workers.');
  });

  it('says when a task is late even alone', () => {
    const { advice, cause, fewestWorkers } = analyze(tasksOf([5, 9, 4]));
    expect(cause).toBe('a takes 5; its deadline is 4.');
    expect(advice.at(-1)).toContain('Split a');
    expect(fewestWorkers).toBeUndefined();
  });
});

describe('admission', () => {
  const existing = tasksOf([2, 5]);

  it('accepts what leaves all in time', () => {
    expect(admit(existing, { name: 'new', cost: 2, period: 10 })).toMatchObject({ kind: 'accepted' });
  });

  it('refuses what would make others late, and says whom', () => {
    const refusal = admit(existing, { name: 'new', cost: 5, period: 100 });
    expect(refusal).toMatchObject({ kind: 'refused' });
    if (refusal.kind === 'refused')
      expect(refusal.reason).toContain('With new the deadlines of a could be missed.');
  });

  it('says when it was too late already', () => {
    const refusal = admit(tasksOf([9, 8, 8]), { name: 'new', cost: 1, period: 100 });
    if (refusal.kind === 'refused') expect(refusal.reason).toContain('already without it');
    else expect.unreachable();
  });

  it('refuses a second task of the same name as bad input', () => {
    expect(() => admit(existing, { name: 'a', cost: 1, period: 9 })).toThrow('tasks[1].name');
  });
});
