/**
 * Finds the records that live records of a segment need, as far as they are still there. Invariant: what is added to the
 * live ones is a valid record of the same segment.
 */
import type { DiskFile } from '../kernel/index.js';
import type { RecordView } from './contract.js';
import { LiveWindow } from './live-window.js';
import { fillView, newRecordView } from './record-view.js';
import type { SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';

/** The sorted offsets of live records and of those that they name as their companions. */
export async function withCompanions(
  file: DiskFile,
  entry: SegmentEntry,
  offsets: Uint32Array,
  companionOf: (record: RecordView) => number,
): Promise<Uint32Array> {
  const named = await namedBy(file, entry, offsets, companionOf);
  for (const offset of offsets) named.delete(offset);
  if (named.size === 0) return offsets;
  const window = new LiveWindow(file, entry);
  const found: number[] = [];
  for (const offset of [...named].sort((a, b) => a - b)) {
    if (!window.covers(offset)) await window.moveTo(offset);
    if (window.sizeAt(offset) > 0) found.push(offset);
  }
  return Uint32Array.from([...offsets, ...found]).sort();
}

async function namedBy(
  file: DiskFile,
  entry: SegmentEntry,
  offsets: Uint32Array,
  companionOf: (record: RecordView) => number,
): Promise<Set<number>> {
  const named = new Set<number>();
  const window = new LiveWindow(file, entry);
  const view = newRecordView();
  for (const offset of offsets) {
    if (!window.covers(offset)) await window.moveTo(offset);
    if (window.sizeAt(offset) === 0) continue;
    const companion = companionOf(fillView(view, window.bytes, window.base, entry.number, offset));
    if (companion >= segmentHeaderBytes && companion < entry.bytes) named.add(companion);
  }
  return named;
}
