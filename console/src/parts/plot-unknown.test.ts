import { describe, expect, it } from 'vitest';
import { lonely, unknownStretches } from './plot-unknown.ts';

describe('what a plot does not know', () => {
  it('is from the edges to what is known, and between, where no line has a value', () => {
    const seconds = [0, 40, 50, 60, 90, 100];
    const lines = [
      [null, null, 1, null, null, null],
      [null, 2, null, 3, 4, null],
    ];
    expect(unknownStretches({ seconds, lines })).toEqual([
      { fromSecond: 0, toSecond: 40 },
      { fromSecond: 90, toSecond: 100 },
    ]);
    expect(unknownStretches({ seconds, lines: [[1, null, null, 2, 3, 4]] })).toEqual([
      { fromSecond: 0, toSecond: 60 },
    ]);
  });

  it('is all of it where nothing is known, and nothing where nothing was told yet', () => {
    expect(unknownStretches({ seconds: [0, 100], lines: [[null, null]] })).toEqual([
      { fromSecond: 0, toSecond: 100 },
    ]);
    expect(unknownStretches({ seconds: [], lines: [[]] })).toEqual([]);
  });

  it('leaves out short gaps', () => {
    const seconds = Array.from({ length: 101 }, (_, index) => index);
    const line = seconds.map((second) => (second === 50 || second === 51 ? null : 1));
    expect(unknownStretches({ seconds, lines: [line] })).toEqual([]);
  });

  it('finds values that no line reaches', () => {
    expect(lonely([1, null, 2, 3, null, 4])).toEqual([0, 5]);
    expect(lonely([])).toEqual([]);
  });
});
