/** What the analysis accepts never misses in simulation, and no simulated response is longer than the bound. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyze, setupOf, type Analysis, type AnalysisOptions } from './analyze.js';
import { simulate, type Arrivals } from './simulation.js';
import type { Task } from './task.js';
import { criticalInstant, randomArrivals } from './testing/arrival-patterns.js';
import { taskSetFrom, type TaskSetRange } from './testing/task-sets.js';

const drawnTask = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat());

function taskSets({ tasksMax = 4, ...range }: TaskSetRange & { tasksMax?: number } = {}) {
  return fc.array(drawnTask, { minLength: 1, maxLength: tasksMax }).map((drawn) => taskSetFrom(drawn, range));
}

const setups: readonly (readonly [string, AnalysisOptions])[] = [
  ['rm, preemptive', { policy: 'rm', isPreemptive: true }],
  ['dm, preemptive', { policy: 'dm', isPreemptive: true }],
  ['rm', { policy: 'rm' }],
  ['dm', { policy: 'dm' }],
  ['fixed with equals', { policy: 'fixed' }],
  ['fixed with equals, preemptive', { policy: 'fixed', isPreemptive: true }],
  ['edf, preemptive', { policy: 'edf', isPreemptive: true }],
  ['edf', { policy: 'edf' }],
  ['edf on 2', { policy: 'edf', workers: 2 }],
  ['edf on 3', { policy: 'edf', workers: 3 }],
  ['rm on 2', { policy: 'rm', workers: 2 }],
  ['dm on 3', { policy: 'dm', workers: 3 }],
  ['edf on 2, preemptive', { policy: 'edf', workers: 2, isPreemptive: true }],
  ['dm on 2, preemptive', { policy: 'dm', workers: 2, isPreemptive: true }],
];

/** What comes of one simulation, as far as the analysis forbids it. */
function contradiction(
  tasks: readonly Task[],
  options: AnalysisOptions,
  analysis: Analysis,
  arrivals: Arrivals,
): unknown {
  const { policy, workers, isPreemptive, isHoldBack } = setupOf(options);
  const how = { policy, workers, isPreemptive, isHoldBack, horizon: 400, arrivals };
  const { jobs, misses } = simulate(tasks, how);
  if (analysis.schedulable && misses.length > 0) return misses[0];
  return jobs.find(
    ({ task, arrival, endedAt }) => endedAt - arrival > (analysis.tasks[task]?.responseMax ?? Infinity),
  );
}

describe('an accepted set keeps its deadlines, and every response its bound', () => {
  it.each(setups)('%s', (_name, options) => {
    const tasksMax = (options.workers ?? 1) * 3;
    let accepted = 0;
    fc.assert(
      fc.property(
        taskSets({ tasksMax, withJitter: true }),
        fc.array(fc.integer(), { minLength: 3, maxLength: 3 }),
        (drawn, seeds) => {
          const tasks = drawn.map((task, index) => ({ ...task, priority: index % 3 }));
          const analysis = analyze(tasks, { ...options, isBrief: true });
          if (analysis.schedulable) accepted++;
          const patterns = [
            criticalInstant(tasks, undefined).arrivals,
            ...seeds.map((seed) => randomArrivals(tasks, seed)),
          ];
          for (const arrivals of patterns)
            expect(contradiction(tasks, options, analysis, arrivals)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
    // A test that accepts nothing would pass.
    expect(accepted).toBeGreaterThan(20);
  });

  it('partitioned: each worker on its own', () => {
    fc.assert(
      fc.property(taskSets({ tasksMax: 6 }), fc.integer(), (tasks, seed) => {
        const analysis = analyze(tasks, { workers: 2, isPartitioned: true, isBrief: true });
        if (!analysis.schedulable) return;
        expect(analysis.partition!.flat().sort()).toEqual(tasks.map(({ name }) => name));
        for (const names of analysis.partition!) {
          const own = tasks.filter(({ name }) => names.includes(name));
          const whole = analyze(own, { isBrief: true });
          expect(contradiction(own, {}, whole, randomArrivals(own, seed))).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });
});
