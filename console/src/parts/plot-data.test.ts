import { describe, expect, it } from 'vitest';
import { aligned, Recent, spanning } from './plot-data.ts';

describe('aligned', () => {
  it('brings series of different moments together; what one does not tell is unknown', () => {
    const stretch = (startSecond: number, stepSeconds: number, values: readonly (number | null)[]) => ({
      startSecond,
      stepSeconds,
      isCoarser: false,
      values,
    });
    expect(aligned([[stretch(10, 1, [1, 2]), stretch(20, 10, [3])], [stretch(11, 1, [null, 5])]])).toEqual({
      seconds: [10, 11, 12, 20],
      lines: [
        [1, 2, null, 3],
        [null, null, 5, null],
      ],
    });
    expect(aligned([])).toEqual({ seconds: [], lines: [] });
  });

  it('holds what is coarser than was asked for until it ends', () => {
    const coarse = { startSecond: 0, stepSeconds: 60, isCoarser: true, values: [1, 2] };
    const fine = { startSecond: 120, stepSeconds: 1, isCoarser: false, values: [3] };
    expect(aligned([[coarse, fine]])).toEqual({ seconds: [0, 60, 119, 120], lines: [[1, 2, 2, 3]] });
    expect(aligned([[{ ...coarse, values: [1, null] }]]).seconds).toEqual([0, 60]);
  });
});

describe('Recent', () => {
  it('keeps the last moments and no more, in order', () => {
    const recent = new Recent(3, 2);
    for (const second of [1, 2, 3, 3, 2, 4]) recent.add(second, [second, null]);
    expect(recent.data()).toEqual({
      seconds: [2, 3, 4],
      lines: [
        [2, 3, 4],
        [null, null, null],
      ],
    });
  });
});

describe('spanning', () => {
  it('reaches from edge to edge, with nothing known at edges that were not told', () => {
    const data = { seconds: [20, 30], lines: [[1, 2]] };
    const span = (fromSecond: number, toSecond: number) => ({ fromSecond, toSecond, stepSeconds: 10 });
    expect(spanning(data, span(0, 50))).toEqual({
      seconds: [0, 20, 30, 50],
      lines: [[null, 1, 2, null]],
    });
    expect(spanning(data, span(10, 40))).toEqual(data);
    expect(spanning({ seconds: [], lines: [[]] }, span(0, 40))).toEqual({
      seconds: [0, 40],
      lines: [[null, null]],
    });
  });
});
