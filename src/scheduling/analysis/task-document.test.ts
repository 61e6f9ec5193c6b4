import { describe, expect, it } from 'vitest';
import { formatMs, parseNanoseconds } from './exact-time.js';
import { readTaskSet } from './task-document.js';

describe('a time', () => {
  it.each([
    [40, 40_000_000n],
    [2.5, 2_500_000n],
    [0.000001, 1n],
    ['40ms', 40_000_000n],
    ['1.5s', 1_500_000_000n],
    ['1.5 s', 1_500_000_000n],
    ['250us', 250_000n],
    ['250µs', 250_000n],
    ['7ns', 7n],
    ['2m', 120_000_000_000n],
    ['1h', 3_600_000_000_000n],
    ['0.1', 100_000n],
  ])('%j is read without rounding', (value, nanoseconds) => {
    expect(parseNanoseconds(value)).toBe(nanoseconds);
  });

  it.each([
    [-1, 'negative'],
    [NaN, 'no number'],
    [Infinity, 'no number'],
    ['soon', 'no number'],
    ['', 'no number'],
    ['5MiB', 'no number'],
    ['0.5ns', 'nanoseconds'],
    [1e-7, 'nanoseconds'],
    [true, 'must be a number'],
    [['1'], 'must be a number'],
  ])('%j is none', (value, problem) => {
    expect(parseNanoseconds(value)).toContain(problem);
  });

  it('is written with its unit', () => {
    expect([2.5, 9_999, 90_000].map(formatMs)).toEqual(['2.5 ms', '9999 ms', '90 s']);
  });
});

const a = { name: 'a', cost: 1, period: 4 };

describe('a document', () => {
  it('is read in the coarsest unit that is exact', () => {
    const { tasks, unit } = readTaskSet({
      tasks: [
        { ...a, cost: '1s', period: '2s' },
        { ...a, name: 'b' },
      ],
    });
    expect(unit.name).toBe('ms');
    expect(tasks[0]).toEqual({ name: 'a', cost: 1_000, period: 2_000, deadline: 2_000, jitter: 0 });
    expect(readTaskSet({ tasks: [{ ...a, cost: 0.25, deadline: 3, jitter: 1, priority: 2 }] })).toMatchObject(
      {
        unit: { name: 'us' },
        tasks: [{ cost: 250, deadline: 3_000, jitter: 1_000, priority: 2 }],
      },
    );
    expect(readTaskSet({ tasks: [{ ...a, cost: '1ns' }] }).unit.name).toBe('ns');
  });

  it.each([
    [undefined, 'must be a mapping'],
    [[], 'must be a mapping'],
    [{ tasks: {} }, 'list of tasks'],
    [{ tasks: [] }, 'tasks: there are none'],
    [{ tasks: [a], workers: 2 }, 'workers: is unknown'],
    [{ tasks: [7] }, 'tasks[0]: must be a mapping'],
    [{ tasks: [{ name: 'a', cost: 1 }] }, 'tasks[0].period: is missing'],
    [{ tasks: [{ ...a, name: 5 }] }, 'tasks[0].name: must be a text'],
    [{ tasks: [{ ...a, name: '' }] }, 'tasks[0].name: must be a text'],
    [{ tasks: [{ ...a, dealine: 3 }] }, 'tasks[0].dealine: is unknown'],
    [{ tasks: [{ ...a, cost: 0 }] }, 'tasks[0].cost: must be above zero'],
    [{ tasks: [{ ...a, deadline: 5 }] }, 'tasks[0].deadline: must not be longer than the period'],
    [{ tasks: [{ ...a, jitter: 5 }] }, 'tasks[0].jitter: must not be longer than the period'],
    [{ tasks: [{ ...a, priority: 'high' }] }, 'tasks[0].priority: must be a number'],
    [{ tasks: [a, a] }, 'tasks[1].name: "a" is another task\'s already'],
    [{ tasks: [{ ...a, cost: '1ns', period: '90d' }] }, 'tasks[0].period: is too long'],
    [{ tasks: Array.from({ length: 1_001 }, () => a) }, 'at most 1000'],
  ])('%j is refused', (document, problem) => {
    expect(() => readTaskSet(document)).toThrow(problem);
  });

  it('is refused with every problem at once, up to ten', () => {
    expect(() => readTaskSet({ tasks: [{ ...a, cost: 'x', period: 'y' }] })).toThrow(/cost.*\n.*period/);
    expect(() => readTaskSet({ tasks: Array.from({ length: 20 }, () => ({})) })).toThrow('and 50 more');
  });

  it('takes names that JavaScript uses itself', () => {
    const names = ['__proto__', 'constructor'].map((name) => ({ ...a, name }));
    expect(readTaskSet({ tasks: names }).tasks.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });
});
