/** What is written in short for steady figures is what is written at length. */
import { expect, it } from 'vitest';
import { ByteWriter } from '../encoding/byte-writer.js';
import { ChunkWriter, type SeriesKind } from './object-chunk.js';
import { Points } from './points.js';

function written(count: number, weight: number, write: (chunk: ChunkWriter) => void): Buffer {
  const chunk = new ChunkWriter();
  chunk.begin(new Float64Array(count).fill(weight), count);
  write(chunk);
  const bytes = new ByteWriter();
  chunk.end(bytes, 0);
  return Buffer.from(bytes.written);
}

it.each<[SeriesKind, number]>([
  ...[0, 1, 700, 2 ** 44, NaN].map((value): [SeriesKind, number] => ['counter', value]),
  ...[0, 1, 700, 2 ** 44, -1, -(2 ** 44), NaN].map((value): [SeriesKind, number] => ['gauge', value]),
])('a steady %s of %d is written as the same points are', (kind, value) => {
  for (const [count, weight] of [
    [10, 1],
    [1, 10],
  ] as const) {
    const points = new Points(count);
    for (let index = 0; index < count; index++) {
      if (Number.isNaN(value)) continue;
      // A point of ten seconds has the counter's growth in all of them, and ten times the gauge.
      points.weight[index] = weight;
      points.sum[index] = kind === 'gauge' ? value * weight : value;
      for (const column of [points.last, points.min, points.max]) column[index] = value;
    }
    const atLength = written(count, weight, (chunk) => {
      chunk.series(7, kind, points);
    });
    const inShort = written(count, weight, (chunk) => {
      if (Number.isNaN(value)) chunk.unknown(7, kind);
      else if (value === 0) chunk.zero(7, kind, points.weight);
      else chunk.steady(7, kind, value);
    });
    expect(inShort).toEqual(atLength);
  }
});

it('zero in points that weigh more than the object is written as the same points are', () => {
  for (const kind of ['counter', 'gauge'] as const) {
    const points = new Points(10);
    points.weight.set([0, 0, 3, 1, 1, 0, 2, 1, 1, 1]);
    const atLength = written(10, 1, (chunk) => {
      chunk.series(7, kind, points);
    });
    const inShort = written(10, 1, (chunk) => {
      chunk.zero(7, kind, points.weight);
    });
    expect(inShort).toEqual(atLength);
  }
});
