/** Looks a position up in the ranges of a `settle` or `requeue` record (docs/formats/records.md). */
import { rangesRecordBytes } from '../position-ranges.js';
import { readPosition } from '../publish-record.js';

const headBytes = 8;
const rangeBytes = 10;

/** How many positions of the record stand before this one; -1: it is not among them. */
export function indexInRanges(view: DataView, at: number, position: number): number {
  const count = view.getUint16(at + 6, true);
  let before = 0;
  for (let index = 0; index < count; index++) {
    const range = at + headBytes + index * rangeBytes;
    const first = readPosition(view, range);
    const length = view.getUint32(range + 6, true);
    if (position >= first && position < first + length) return before + (position - first);
    before += length;
  }
  return -1;
}

/** Where the ranges end. */
export function rangesEnd(view: DataView, at: number): number {
  return at + rangesRecordBytes(view.getUint16(at + 6, true));
}
