import { describe, expect, it } from 'vitest';
import { durationMsMax, millisecondsOf, type Duration } from './duration.js';

describe('durations', () => {
  it.each([
    [5, 5],
    [0.6, 1],
    ['250ms', 250],
    ['2s', 2_000],
    ['1.5m', 90_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    [durationMsMax, durationMsMax],
  ] as const)('%s is %d ms', (given, ms) => {
    expect(millisecondsOf(given, 'it')).toBe(ms);
  });

  it.each(['', '5', 's', '-1s', '1 s', '1w', -1, NaN, Infinity, durationMsMax + 1])('%s is none', (given) => {
    expect(() => millisecondsOf(given as Duration, 'the wait')).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('the wait') as string }),
    );
  });
});
