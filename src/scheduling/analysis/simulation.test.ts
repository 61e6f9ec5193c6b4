import { describe, expect, it } from 'vitest';
import { holdBack } from '../hold-back.js';
import { ganttSvg } from './gantt-svg.js';
import { scheduleOf } from './schedule.js';
import { simulate, type SimulationOptions } from './simulation.js';
import { tasksOf } from './testing/task-sets.js';

const one = { policy: 'edf', workers: 1, isPreemptive: false, isHoldBack: false, horizon: 20 } as const;

/** Slices as `task:from-to`, with the worker where it is not the first. */
function drawn(tasks: ReturnType<typeof tasksOf>, options: SimulationOptions): string {
  return simulate(tasks, options)
    .slices.map(
      ({ task, from, to, worker }) => `${tasks[task]!.name}:${from}-${to}${worker > 0 ? `@${worker}` : ''}`,
    )
    .join(' ');
}

describe('a simulation', () => {
  it('lets a job that began go on, or interrupts it', () => {
    const tasks = tasksOf([1, 4], [5, 10, 7]);
    expect(drawn(tasks, { ...one, horizon: 10 })).toBe('a:0-1 b:1-6 a:6-7 a:8-9');
    expect(drawn(tasks, { ...one, horizon: 10, isPreemptive: true })).toBe('a:0-1 b:1-6 a:6-7 a:8-9');
    const urgent = { ...one, horizon: 10, isPreemptive: true, policy: 'rm' } as const;
    expect(drawn(tasks, urgent)).toBe('a:0-1 b:1-4 a:4-5 b:5-7 a:8-9');
  });

  it('keeps a job that is not interrupted on its worker', () => {
    const tasks = tasksOf([2, 10], [2, 10], [10, 11]);
    expect(drawn(tasks, { ...one, workers: 2, horizon: 12 })).toBe('a:0-2 b:0-2@1 c:2-12 a:10-12@1');
  });

  it('holds back what would make another late', () => {
    const tasks = tasksOf([3, 10], [6, 12], [8, 60]);
    expect(simulate(tasks, { ...one, horizon: 60 }).misses).toHaveLength(1);
    expect(simulate(tasks, { ...one, horizon: 60, isHoldBack: true }).misses).toEqual([]);
  });

  it('tells what was not done at its end', () => {
    const { misses } = simulate(tasksOf([9, 8]), { ...one, horizon: 16 });
    expect(misses).toEqual([
      { task: 0, index: 0, arrival: 0, due: 8, endedAt: 9 },
      { task: 0, index: 1, arrival: 8, due: 16, endedAt: undefined },
    ]);
  });

  it('refuses to hold back where that means nothing', () => {
    expect(() => simulate(tasksOf([1, 2]), { ...one, isHoldBack: true, policy: 'rm' })).toThrow('hold-back');
  });
});

describe('holdBack', () => {
  const urgent = { cost: 3, due: 20, releaseAt: 10 };

  it('starts what ends in time for the others', () => {
    expect(holdBack(9, 8, [urgent])).toEqual({ kind: 'start' });
  });

  it('waits for a job that would be late', () => {
    expect(holdBack(9, 9, [urgent])).toEqual({ kind: 'wait', until: 10 });
  });

  it('counts every job that is to follow', () => {
    const later = { cost: 6, due: 24, releaseAt: 12 };
    expect(holdBack(9, 6, [urgent, later])).toEqual({ kind: 'start' });
    expect(holdBack(9, 7, [later, urgent])).toEqual({ kind: 'wait', until: 10 });
  });

  it('does not wait when nobody is to come', () => {
    expect(holdBack(9, 9, [{ ...urgent, releaseAt: 4 }])).toEqual({ kind: 'start' });
    expect(holdBack(9, 9, [{ cost: 1, due: Infinity, releaseAt: Infinity }])).toEqual({ kind: 'start' });
  });
});

describe('the picture', () => {
  const setup = { ...one, isPartitioned: false };
  const words = {
    title: '<two> & more',
    description: 'One is "late"',
    format: (time: number) => `${time} ms`,
  };

  it('shows every slice, every miss, and no markup of a name', () => {
    const [late, other] = tasksOf([3, 5], [4, 7]);
    const tasks = [late!, { ...other!, name: '<script>alert(1)</script>\u0007' }];
    const schedule = scheduleOf(tasks, setup, undefined);
    const svg = ganttSvg(schedule, words);
    expect(svg.match(/<rect class="bar/g)).toHaveLength(2 * schedule.slices.length);
    expect(schedule.misses.length).toBeGreaterThan(0);
    expect(svg.match(/class="miss"/g)).toHaveLength(schedule.misses.length);
    expect(svg).toContain('<title id="title">&lt;two&gt; &amp; more</title>');
    expect(svg).toContain('<desc id="description">One is &quot;late&quot;</desc>');
    expect(svg).not.toMatch(/<script|\u0007/);
  });

  it('is cut where nobody could read it', () => {
    const schedule = scheduleOf(tasksOf([1, 997], [1, 1_009], [1, 1_013]), setup, undefined);
    expect(schedule.isCut).toBe(true);
    expect(schedule.jobs.length).toBeLessThan(500);
  });

  it('shows partitioned workers with the tasks of each', () => {
    const tasks = tasksOf([2, 4], [1, 4], [3, 4]);
    const schedule = scheduleOf(tasks, { ...setup, workers: 2, isPartitioned: true }, [['c'], ['a', 'b']]);
    expect(schedule.slices.map(({ task, worker }) => `${task}@${worker}`).sort()).toEqual([
      '0@1',
      '1@1',
      '2@0',
    ]);
  });
});
