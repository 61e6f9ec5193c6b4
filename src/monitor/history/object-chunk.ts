/**
 * One object's points in a block. Its weights stand once for all its series; a series that is zero throughout, and
 * known whenever the object is, is left out: a queue in which nothing happens costs four or five bytes a block.
 *
 * ```
 * chunk:  index in its group (varint), bytes that follow (varint), object's weights (deltas), series…
 * series: key (varint): series × 4 + 2 if it has weights of its own + 1 if it is a gauge
 *         weights, where it has its own (deltas)
 *         counter: increments (unsigned column)
 *         gauge:   last (deltas), last - min, max - last, sum - weight × min (unsigned columns)
 * ```
 */
import { SluiceError } from '../../kernel/index.js';
import { ByteReader } from '../encoding/byte-reader.js';
import { ByteWriter } from '../encoding/byte-writer.js';
import { readDeltas, readUnsigned, writeDeltas, writeUnsigned, writeZeros } from '../encoding/column.js';
import { Points } from './points.js';

/** The most points that one block holds. */
export const blockPointsMax = 360;

export type SeriesKind = 'counter' | 'gauge';

/** Writes chunks one after another; its buffers are used again for each. */
export class ChunkWriter {
  readonly #body = new ByteWriter();
  readonly #column = new Float64Array(blockPointsMax);
  #objectWeight: Float64Array = this.#column;
  #count = 0;

  /** Begins an object with the weights of its `count` points; the array stays as it is until `end`. */
  begin(weight: Float64Array, count: number): void {
    this.#body.clear();
    this.#objectWeight = weight;
    this.#count = count;
    writeDeltas(this.#body, weight, 0, count);
  }

  series(id: number, kind: SeriesKind, points: Points): void {
    const isOwn = !this.#sharesWeight(points.weight);
    if (!isOwn && this.#isZero(points, kind)) return;
    this.#body.varint(id * 4 + (isOwn ? 2 : 0) + (kind === 'gauge' ? 1 : 0));
    if (isOwn) writeDeltas(this.#body, points.weight, 0, this.#count);
    if (kind === 'counter') {
      this.#unsigned(points, (index) => points.sum[index]!);
      return;
    }
    this.#lasts(points);
    this.#unsigned(points, (index) => points.last[index]! - points.min[index]!);
    this.#unsigned(points, (index) => points.max[index]! - points.last[index]!);
    this.#unsigned(points, (index) => points.sum[index]! - points.weight[index]! * points.min[index]!);
  }

  /** Writes what `series` would for a figure that was known in none of the points. */
  unknown(id: number, kind: SeriesKind): void {
    this.#body.varint(id * 4 + 2 + (kind === 'gauge' ? 1 : 0));
    this.#zeros(kind === 'gauge' ? 5 : 2);
  }

  /** The same for zero in each point; `weight`: as the points have it. */
  zero(id: number, kind: SeriesKind, weight: Float64Array): void {
    if (this.#sharesWeight(weight)) return;
    this.#body.varint(id * 4 + 2 + (kind === 'gauge' ? 1 : 0));
    writeDeltas(this.#body, weight, 0, this.#count);
    this.#zeros(kind === 'gauge' ? 4 : 1);
  }

  /** The same for one value, which is not zero, in every point, each as heavy as the object's. */
  steady(id: number, kind: SeriesKind, value: number): void {
    this.#body.varint(id * 4 + (kind === 'gauge' ? 1 : 0));
    this.#column.fill(value, 0, this.#count);
    if (kind === 'counter') {
      writeUnsigned(this.#body, this.#column, 0, this.#count);
      return;
    }
    writeDeltas(this.#body, this.#column, 0, this.#count);
    this.#zeros(3);
  }

  end(writer: ByteWriter, indexInGroup: number): void {
    writer.varint(indexInGroup);
    writer.varint(this.#body.length);
    writer.bytes(this.#body.written);
  }

  #zeros(columns: number): void {
    for (let left = columns; left > 0; left--) writeZeros(this.#body, this.#count);
  }

  #sharesWeight(weight: Float64Array): boolean {
    for (let index = 0; index < this.#count; index++)
      if (weight[index] !== this.#objectWeight[index]) return false;
    return true;
  }

  #isZero({ weight, sum, min, max }: Points, kind: SeriesKind): boolean {
    for (let index = 0; index < this.#count; index++) {
      if (weight[index] === 0) continue;
      if (sum[index] !== 0 || (kind === 'gauge' && (min[index] !== 0 || max[index] !== 0))) return false;
    }
    return true;
  }

  #unsigned(points: Points, of: (index: number) => number): void {
    for (let index = 0; index < this.#count; index++)
      this.#column[index] = points.weight[index] === 0 ? 0 : of(index);
    writeUnsigned(this.#body, this.#column, 0, this.#count);
  }

  /** Where nothing is known the last value stands again, so that it costs nothing. */
  #lasts({ weight, last }: Points): void {
    let before = 0;
    for (let index = 0; index < this.#count; index++) {
      if (weight[index] !== 0) before = last[index]!;
      this.#column[index] = before;
    }
    writeDeltas(this.#body, this.#column, 0, this.#count);
  }
}

/** Reads chunks; what it gives is valid until the next call. All throw `bad-input` for what no writer wrote. */
export class ChunkReader {
  readonly weight = new Float64Array(blockPointsMax);
  readonly #points = new Points(blockPointsMax);
  readonly #column = new Float64Array(blockPointsMax);

  /** The body of the object at `indexInGroup`; undefined: the group does not hold it. */
  static find(group: Uint8Array, indexInGroup: number): Uint8Array | undefined {
    const reader = new ByteReader(group);
    while (!reader.isAtEnd) {
      const index = reader.varint();
      const body = reader.bytes(reader.varint());
      if (index === indexInGroup) return body;
    }
    return undefined;
  }

  /** Calls `each` for the series that the body names, one after another; `weight` holds the object's weights. */
  read(
    body: Uint8Array,
    count: number,
    each: (series: number, kind: SeriesKind, points: Points) => void,
  ): void {
    if (count > blockPointsMax) throw new SluiceError('bad-input', 'a block has more points than it may');
    const reader = new ByteReader(body);
    readDeltas(reader, this.weight, 0, count);
    while (!reader.isAtEnd) {
      const key = reader.varint();
      const kind = key % 2 === 1 ? 'gauge' : 'counter';
      if (Math.floor(key / 2) % 2 === 1) readDeltas(reader, this.#points.weight, 0, count);
      else this.#points.weight.set(this.weight);
      if (kind === 'counter') this.#counter(reader, count);
      else this.#gauge(reader, count);
      each(Math.floor(key / 4), kind, this.#points);
    }
  }

  /** The points of one series, zero where the object is known and the body does not name it. */
  select(body: Uint8Array, count: number, series: number): Points {
    const found = { points: undefined as Points | undefined };
    const selected = new Points(count);
    this.read(body, count, (id, _kind, points) => {
      if (id !== series) return;
      found.points = selected;
      for (let index = 0; index < count; index++) selected.combine(index, points, index);
    });
    if (found.points === undefined) selected.weight.set(this.weight.subarray(0, count));
    return selected;
  }

  #counter(reader: ByteReader, count: number): void {
    const { sum, last, min, max } = this.#points;
    readUnsigned(reader, sum, 0, count);
    for (const column of [last, min, max]) column.set(sum);
  }

  #gauge(reader: ByteReader, count: number): void {
    const { weight, sum, last, min, max } = this.#points;
    const column = this.#column;
    readDeltas(reader, last, 0, count);
    readUnsigned(reader, column, 0, count);
    for (let index = 0; index < count; index++) min[index] = last[index]! - column[index]!;
    readUnsigned(reader, column, 0, count);
    for (let index = 0; index < count; index++) max[index] = last[index]! + column[index]!;
    readUnsigned(reader, column, 0, count);
    for (let index = 0; index < count; index++) sum[index] = column[index]! + weight[index]! * min[index]!;
  }
}
