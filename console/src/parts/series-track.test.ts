import { describe, expect, it } from 'vitest';
import { SeriesTrack, type From } from './series-track.ts';

const reach = { seconds: 5, stepSeconds: 1 };

/** A server that knows every second until `toSecond` by its number. */
function told(from: From, toSecond: number, stepSeconds = 1) {
  const start = 'from' in from ? from.from : toSecond - from.seconds;
  const startSecond = start - (start % stepSeconds);
  const values = Array.from({ length: Math.ceil((toSecond - startSecond) / stepSeconds) }, (_, index) =>
    Math.min(startSecond + (index + 1) * stepSeconds, toSecond),
  );
  return { toSecond, stretches: [{ startSecond, stepSeconds, isCoarser: false, values }] };
}

describe('SeriesTrack', () => {
  it('asks for the whole once, and then for what is new', () => {
    const track = new SeriesTrack(reach, 1);
    expect(track.next(0, false)).toEqual({ seconds: 5 });
    track.take({ seconds: 5 }, 0, [told({ seconds: 5 }, 100)]);
    expect(track.span).toEqual({ fromSecond: 95, toSecond: 100, stepSeconds: 1 });
    const next = track.next(1_000, false);
    expect(next).toEqual({ from: 99 });
    track.take(next, 1_000, [told(next, 101)]);
    expect(track.data).toEqual({ seconds: [96, 97, 98, 99, 100], lines: [[97, 98, 99, 100, 101]] });
  });

  it('has no hole after a time without answers', () => {
    const track = new SeriesTrack(reach, 1);
    track.take({ seconds: 5 }, 0, [told({ seconds: 5 }, 100)]);
    const next = track.next(3_000, false);
    track.take(next, 3_000, [told(next, 103)]);
    expect(track.data.seconds).toEqual([98, 99, 100, 101, 102]);
    expect(track.next(8_000, false)).toEqual({ seconds: 5 });
    expect(track.next(2_000, false)).toEqual({ seconds: 5 });
  });

  it('asks again for a point that was not complete', () => {
    const track = new SeriesTrack({ seconds: 30, stepSeconds: 10 }, 1);
    track.take({ seconds: 30 }, 0, [told({ seconds: 30 }, 105, 10)]);
    expect(track.data.lines).toEqual([[80, 90, 100, 105]]);
    const next = track.next(10_000, false);
    expect(next).toEqual({ from: 100 });
    track.take(next, 10_000, [told(next, 115, 10)]);
    expect(track.data).toEqual({ seconds: [90, 100, 110], lines: [[100, 110, 115]] });
  });

  it('shows a refused line as unknown, and forgets nothing where all are refused', () => {
    const track = new SeriesTrack(reach, 2);
    track.take({ seconds: 5 }, 0, [told({ seconds: 5 }, 100), told({ seconds: 5 }, 100)]);
    const next = track.next(1_000, false);
    track.take(next, 1_000, [told(next, 101), undefined]);
    expect(track.data.lines[1]).toEqual([97, 98, 99, null, null]);
    const before = track.data;
    track.take(next, 2_000, [undefined, undefined]);
    expect(track.data).toBe(before);
    track.forget();
    expect(track.next(2_000, false)).toEqual({ seconds: 5 });
  });
});
