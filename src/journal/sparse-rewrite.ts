/**
 * Rewrites a segment without its dead records. The live ones keep their offsets and the rest becomes holes,
 * so no location changes and every checksum stays valid.
 */
import { SluiceError, type Disk, type DiskFile } from '../kernel/index.js';
import { withCompanions } from './companions.js';
import type { RecordView } from './contract.js';
import { LiveWindow } from './live-window.js';
import type { SegmentEntry } from './segment-catalog.js';
import { encodeSegmentHeader, pageBytes, type SegmentHeader } from './segment-header.js';

/** Bytes of disk that records at `offsets`, of `meanBytes` each, occupy: whole pages. */
export function pagesTouched(offsets: Uint32Array, meanBytes: number): number {
  const pages = new PageCount();
  for (const offset of offsets) pages.add(offset, offset + meanBytes);
  return pages.bytes;
}

/**
 * Writes the live records of `entry`, and those that they need, to the new file `path` and syncs it; gives the header it wrote. Rejects
 * with `journal-damaged` when a live record is not valid, and then the segment must stay as it is.
 */
export async function rewriteSparsely(
  disk: Disk,
  entry: SegmentEntry,
  live: { readonly offsets: Uint32Array; readonly companionOf: (record: RecordView) => number },
  path: string,
): Promise<SegmentHeader> {
  const source = await disk.open(entry.path, 'read');
  const target = await disk.open(path, 'create');
  try {
    await target.truncate(entry.bytes);
    const offsets = await withCompanions(source, entry, live.offsets, live.companionOf);
    const keptBytes = await copyRecords(source, target, entry, offsets);
    const { number, epoch, recycled, madeAtMs } = entry;
    const header: SegmentHeader = { number, epoch, recycled, madeAtMs, compacted: true, keptBytes };
    await target.write([encodeSegmentHeader(header)], 0);
    await target.sync();
    return header;
  } finally {
    await source.close();
    await target.close();
  }
}

/**
 * Copies in runs: records that share a page, or lie on pages next to each other, are one write. Dead bytes
 * between them come along, for they cost no page.
 */
async function copyRecords(
  source: DiskFile,
  target: DiskFile,
  entry: SegmentEntry,
  offsets: Uint32Array,
): Promise<number> {
  const window = new LiveWindow(source, entry);
  const pages = new PageCount();
  let run: { start: number; end: number } | undefined;
  const flush = async (): Promise<void> => {
    if (run === undefined) return;
    const { start, end } = run;
    run = undefined;
    pages.add(start, end);
    await target.write([window.bytes.buffer.subarray(start - window.base, end - window.base)], start);
  };
  for (const offset of offsets) {
    if (!window.covers(offset)) {
      await flush();
      await window.moveTo(offset);
    }
    const end = offset + liveRecord(window, entry, offset);
    if (run !== undefined && offset > Math.ceil(run.end / pageBytes) * pageBytes) await flush();
    if (run === undefined) run = { start: offset, end };
    else run.end = end;
  }
  await flush();
  return pages.bytes;
}

/** Counts the pages of ascending ranges, each page once. */
class PageCount {
  #next = 0;
  bytes = 0;

  add(start: number, end: number): void {
    const first = Math.max(this.#next, Math.floor(start / pageBytes));
    const after = Math.ceil(end / pageBytes);
    this.bytes += Math.max(0, after - first) * pageBytes;
    this.#next = Math.max(this.#next, after);
  }
}

/** The size of the live record at `offset`, verified. */
function liveRecord(window: LiveWindow, entry: SegmentEntry, offset: number): number {
  const total = window.sizeAt(offset);
  if (total > 0) return total;
  throw new SluiceError('journal-damaged', `${entry.path} is damaged: no valid record at byte ${offset}`, {
    details: { segment: entry.number, path: entry.path, offset },
  });
}
