/**
 * Frees what is dead in segments that no replay will read: those before the previous snapshot. A segment goes
 * or is rewritten only after the records that ended its references are durable, since a crash before that
 * would bring the references back.
 */
import { messageOf, type Disk } from '../kernel/index.js';
import type { BlockCache } from './block-cache.js';
import type { CompactionReport, JournalLog, RecordView } from './contract.js';
import { unfinishedPath, type DirectoryLayout } from './directory-layout.js';
import type { LiveCounts } from './live-counts.js';
import { storedBytes, type SegmentCatalog, type SegmentEntry } from './segment-catalog.js';
import { segmentHeaderBytes } from './segment-header.js';
import type { SegmentPool } from './segment-pool.js';
import type { SegmentReaders } from './segment-readers.js';
import { pagesTouched, rewriteSparsely } from './sparse-rewrite.js';
import { unlinkIfPresent } from './whole-file.js';

/** A segment is rewritten when its live records take less than this share of its space. */
const liveShareMax = 0.5;

export interface CompactionPorts {
  readonly disk: Disk;
  readonly layout: DirectoryLayout;
  readonly catalog: SegmentCatalog;
  readonly counts: LiveCounts;
  readonly readers: SegmentReaders;
  readonly cache: BlockCache;
  readonly pool: SegmentPool;
  /** The smallest segment worth keeping for reuse. */
  readonly reusableBytesMin: number;
  /** Makes everything appended so far durable. */
  readonly sync: () => Promise<void>;
  readonly log: JournalLog;
}

/** What is to stay, as the caller knows it. */
export interface LiveRecords {
  /** The sorted offsets of a segment's live records. */
  readonly offsetsOf: (segment: number) => Uint32Array;
  /** The offset of another record of its segment that a live one needs; 0: none. */
  readonly companionOf: (record: RecordView) => number;
}

/** One run over the segments before `firstSegmentToReplay`. */
export async function compactSegments(
  ports: CompactionPorts,
  firstSegmentToReplay: number,
  live: LiveRecords,
): Promise<CompactionReport> {
  const before = ports.catalog.bytes;
  const candidates = ports.catalog.list().filter((entry) => entry.number < firstSegmentToReplay);
  const removed = await removeDead(ports, candidates);
  const rewritten: number[] = [];
  for (const entry of candidates) {
    if (removed.includes(entry.number) || !looksSparse(ports, entry)) continue;
    if (await rewrite(ports, entry, live)) rewritten.push(entry.number);
  }
  return { removed, rewritten, freedBytes: Math.max(0, before - ports.catalog.bytes) };
}

async function removeDead(ports: CompactionPorts, candidates: readonly SegmentEntry[]): Promise<number[]> {
  const dead = candidates.filter((entry) => ports.counts.countOf(entry.number) === 0);
  if (dead.length === 0) return [];
  await ports.sync();
  for (const entry of dead) await remove(ports, entry);
  return dead.map((entry) => entry.number);
}

async function remove(ports: CompactionPorts, entry: SegmentEntry): Promise<void> {
  const { disk, layout, catalog, readers, cache, pool } = ports;
  catalog.delete(entry.number);
  cache.forget(entry.number);
  // A read under way must not see the bytes of the segment's next life.
  await readers.forget(entry.number);
  if (entry.compacted) {
    await disk.unlink(entry.path);
    await disk.syncDirectory(layout.segments);
    return;
  }
  const path = unfinishedPath(layout, 'dead', entry.number);
  await disk.rename(entry.path, path);
  await disk.syncDirectory(layout.segments);
  await pool.add({ path, bytes: entry.bytes }, ports.reusableBytesMin);
}

/** A first look, cheap enough for every segment: few bytes are alive, even if each has a page of its own. */
function looksSparse({ counts }: CompactionPorts, entry: SegmentEntry): boolean {
  return counts.bytesOf(entry.number) < recordSpace(entry) * liveShareMax;
}

function recordSpace(entry: SegmentEntry): number {
  return storedBytes(entry) - segmentHeaderBytes;
}

async function rewrite(ports: CompactionPorts, entry: SegmentEntry, live: LiveRecords): Promise<boolean> {
  const { disk, layout, catalog, readers, log } = ports;
  const offsets = live.offsetsOf(entry.number);
  if (offsets.length === 0) return false;
  const meanBytes = ports.counts.bytesOf(entry.number) / offsets.length;
  if (pagesTouched(offsets, meanBytes) > recordSpace(entry) * liveShareMax) return false;
  const path = unfinishedPath(layout, 'compact', entry.number);
  try {
    const header = await rewriteSparsely(disk, entry, { offsets, companionOf: live.companionOf }, path);
    await ports.sync();
    await disk.rename(path, entry.path);
    await disk.syncDirectory(layout.segments);
    catalog.set({ ...entry, ...header });
  } catch (error) {
    // The segment is as it was; what is wrong with it shows when the record is read.
    log('journal.compaction-failed', { segment: entry.number, reason: messageOf(error) });
    await unlinkIfPresent(disk, path);
    return false;
  }
  await readers.forget(entry.number);
  return true;
}
