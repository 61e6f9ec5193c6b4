/**
 * Cuts a torn tail: first the bytes are copied aside and synced, then the segment is truncated after its
 * last whole record. A crash between the two repeats both; nothing is dropped without a copy.
 */
import { join } from 'node:path';
import type { Disk } from '../kernel/index.js';
import type { TornTail } from './contract.js';
import type { DirectoryLayout } from './directory-layout.js';
import type { SegmentRange } from './tail-judge.js';
import { copyBytes, writeWholeFile } from './whole-file.js';

/** Copies each range to `aside/` and gives the paths, in order. */
export async function keepAside(
  disk: Disk,
  layout: DirectoryLayout,
  reason: 'torn' | 'damaged',
  ranges: readonly SegmentRange[],
): Promise<string[]> {
  const paths: string[] = [];
  if (ranges.length > 0) await disk.makeDirectory(layout.aside);
  for (const { segment, from, to } of ranges) {
    const path = join(layout.aside, `${reason}-segment-${segment.number}-from-${from}-to-${to}.bytes`);
    const source = await disk.open(segment.path, 'read');
    try {
      await writeWholeFile(disk, path, (file) => copyBytes(source, file, from, to));
    } finally {
      await source.close();
    }
    paths.push(path);
  }
  return paths;
}

/** Keeps a torn tail aside and removes it: `last`, the last segment with whole records, ends after them. */
export async function cutTail(
  disk: Disk,
  layout: DirectoryLayout,
  last: number,
  ranges: readonly SegmentRange[],
): Promise<TornTail | undefined> {
  const first = ranges[0];
  if (first === undefined) return undefined;
  const keptAside = await keepAside(disk, layout, 'torn', ranges);
  // From the back, so that a crash in between leaves a tail that is still a tail.
  for (const { segment, from } of ranges.toReversed()) {
    if (segment.number === last) await truncateSegment(disk, segment.path, from);
    else await disk.unlink(segment.path);
  }
  await disk.syncDirectory(layout.segments);
  const bytes = ranges.reduce((sum, range) => sum + range.to - range.from, 0);
  return { segment: first.segment.number, offset: first.from, bytes, keptAside };
}

/** Ends a segment after its last record; the rest of its space goes back to the disk. */
export async function truncateSegment(disk: Disk, path: string, bytes: number): Promise<void> {
  const file = await disk.open(path, 'read-write');
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
