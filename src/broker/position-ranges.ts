/**
 * Positions of one queue as ranges, and their layout in `settle` and `requeue` records:
 * u32 queue, u8 reason or flags, u8 0, u16 ranges, then for each u48 first and u32 count (little-endian).
 */
import { assert } from '../kernel/index.js';
import { readPosition, writePosition } from './publish-record.js';

const headBytes = 8;
const rangeBytes = 10;

/** As many ranges as one record takes. */
export const rangesMax = 4_096;

/** Bytes of a record of so many ranges. */
export function rangesRecordBytes(ranges: number): number {
  return headBytes + ranges * rangeBytes;
}

export class PositionRanges {
  #firsts: number[] = [];
  #counts: number[] = [];
  /** Ranges held. */
  length = 0;

  /** Adds a position; one that continues the last range extends it. */
  add(position: number): void {
    this.addRange(position, 1);
  }

  addRange(first: number, count: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.#firsts[last]! + this.#counts[last]! === first) {
      this.#counts[last] = this.#counts[last]! + count;
      return;
    }
    this.#firsts[this.length] = first;
    this.#counts[this.length] = count;
    this.length++;
  }

  clear(): void {
    this.length = 0;
    if (this.#firsts.length > rangesMax) {
      this.#firsts = [];
      this.#counts = [];
    }
  }

  /** Writes `count` ranges from index `from` on; at most `rangesMax`. */
  write(view: DataView, at: number, queue: number, reason: number, from = 0, count = this.length): void {
    assert(count <= rangesMax, 'a record takes so many ranges');
    view.setUint32(at, queue, true);
    view.setUint16(at + 4, reason, true);
    view.setUint16(at + 6, count, true);
    for (let index = 0; index < count; index++) {
      const range = at + headBytes + index * rangeBytes;
      writePosition(view, range, this.#firsts[from + index]!);
      view.setUint32(range + 6, this.#counts[from + index]!, true);
    }
  }
}

/** Reads a record of ranges and calls `visit` for each position. */
export function readRanges(view: DataView, at: number, visit: (position: number) => void): void {
  const count = view.getUint16(at + 6, true);
  for (let index = 0; index < count; index++) {
    const range = at + headBytes + index * rangeBytes;
    const first = readPosition(view, range);
    const until = first + view.getUint32(range + 6, true);
    for (let position = first; position < until; position++) visit(position);
  }
}
