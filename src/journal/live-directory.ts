/**
 * Prepares a journal's directory: makes what is missing, removes unfinished work, and reads which segments
 * there are. Nothing that holds records is touched.
 */
import { join } from 'node:path';
import { SluiceError, type Disk } from '../kernel/index.js';
import { isDeadSegment, isUnfinished, type DirectoryLayout } from './directory-layout.js';
import { probeSegments, type SegmentEntry } from './segment-catalog.js';
import type { SegmentPool } from './segment-pool.js';
import { unlinkIfPresent } from './whole-file.js';

/** Makes the directories and clears away what an interrupted run left; dead segments are kept for reuse. */
export async function prepareDirectory(
  disk: Disk,
  layout: DirectoryLayout,
  pool: SegmentPool,
  reusableBytesMin: number,
): Promise<void> {
  for (const path of [layout.directory, layout.segments, layout.snapshots]) await disk.makeDirectory(path);
  for (const name of await disk.list(layout.segments)) {
    const path = join(layout.segments, name);
    if (isDeadSegment(name)) await pool.add({ path, bytes: await sizeOf(disk, path) }, reusableBytesMin);
    else if (isUnfinished(name)) await disk.unlink(path);
  }
  await unlinkIfPresent(disk, `${layout.reserve}.tmp`);
  for (const name of await disk.list(layout.aside)) {
    if (isUnfinished(name)) await unlinkIfPresent(disk, join(layout.aside, name));
  }
  // A killed process may have left names that are seen but not durable; records may go into such a segment.
  for (const path of [layout.directory, layout.segments, layout.snapshots]) await disk.syncDirectory(path);
}

async function sizeOf(disk: Disk, path: string): Promise<number> {
  const file = await disk.open(path, 'read');
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

/** All segments, in order. Rejects with `journal-damaged` for one whose header cannot be read. */
export async function readSegments(disk: Disk, layout: DirectoryLayout): Promise<SegmentEntry[]> {
  const entries: SegmentEntry[] = [];
  for (const probe of await probeSegments(disk, layout)) {
    if (probe.kind === 'segment') {
      entries.push(probe.entry);
      continue;
    }
    throw new SluiceError(
      'journal-damaged',
      `${probe.path} is damaged: its header (bytes 0 to 63) cannot be read; run \`sluice repair\``,
      { details: { segment: probe.number, path: probe.path, offset: 0, bytes: 64 } },
    );
  }
  return entries;
}
