import { describe, expect, it } from 'vitest';
import type { DrawnSchedule } from './answers.ts';
import { niceStep, pictureOf, sliceEnds } from './schedule-picture.ts';

const schedule: DrawnSchedule = {
  tasks: [
    { name: 'a', period: 5, deadline: 4 },
    { name: 'b', period: 10, deadline: 10 },
  ],
  workers: 1,
  horizon: 10,
  isCut: false,
  slices: [
    { task: 1, job: 0, worker: 0, from: 0, to: 5 },
    { task: 0, job: 1, worker: 0, from: 5, to: 7 },
    { task: 1, job: 0, worker: 0, from: 7, to: 10 },
  ],
  misses: [{ task: 0, job: 0, due: 4, endedAt: null }],
};

describe('the picture of a schedule', () => {
  const picture = pictureOf(schedule, { width: 1_124, labelWidth: 100 });

  it('has a row for each worker and each task, and bars in both', () => {
    expect(picture.rows).toHaveLength(3);
    expect(picture.bars[0]).toMatchObject({ x: 100, width: 500, workerY: picture.rows[0]!.y });
    expect(picture.bars[0]!.taskY).toBe(picture.rows[2]!.y);
    expect(picture.bars[2]!.x + picture.bars[2]!.width).toBeCloseTo(1_100);
  });

  it('marks arrivals before the end, deadlines up to it, and misses where they were due', () => {
    expect(picture.arrivals.map(({ x }) => x)).toEqual([100, 600, 100]);
    expect(picture.dues.map(({ x }) => x)).toEqual([500, 1_000, 1_100]);
    expect(picture.misses).toEqual([{ x: 500, y: picture.rows[1]!.y, index: 0 }]);
  });

  it('has marks that are round, and as many as there is room for', () => {
    expect(picture.marks.map(({ time }) => time)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(pictureOf(schedule, { width: 360, labelWidth: 100 }).marks.map(({ time }) => time)).toEqual([
      ...[0, 5, 10],
    ]);
    expect([0.3, 1, 1.1, 30, 60].map(niceStep)).toEqual([0.5, 1, 2, 50, 100]);
  });

  it('tells of each piece whether its job was done, interrupted or late', () => {
    expect(sliceEnds(schedule)).toEqual(['interrupted', 'done', 'done']);
    const late = { ...schedule, misses: [{ task: 1, job: 0, due: 9, endedAt: 10 }] };
    expect(sliceEnds(late)).toEqual(['interrupted', 'done', 'late']);
  });
});
