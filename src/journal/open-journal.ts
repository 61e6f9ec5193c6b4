/**
 * Opens a journal directory: prepares it, finds the newest valid snapshot and where the records after it
 * begin. Nothing is replayed yet.
 */
import { BlockPool } from './append-block.js';
import { BlockCache } from './block-cache.js';
import type { Journal, JournalOptions } from './contract.js';
import { DirectoryJournal } from './directory-journal.js';
import { directoryLayout } from './directory-layout.js';
import { diskError } from './disk-errors.js';
import { LiveCounts } from './live-counts.js';
import { prepareDirectory, readSegments } from './live-directory.js';
import { RecordLoader } from './record-loader.js';
import { replayStart } from './replay-start.js';
import { SegmentCatalog } from './segment-catalog.js';
import { SegmentPool } from './segment-pool.js';
import { SegmentReaders } from './segment-readers.js';
import { journalSettings } from './settings.js';
import { Snapshots } from './snapshots.js';
import { TailCache } from './tail-cache.js';

/**
 * Opens the journal in `options.directory`, making it when absent. Rejects with `journal-damaged`,
 * `format-newer`, `disk-full`, `disk-failed` or `config-invalid`.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const settings = journalSettings(options);
  try {
    return await open(options, settings);
  } catch (error) {
    throw diskError(`the journal in ${options.directory} cannot be opened`, error);
  }
}

async function open(options: JournalOptions, settings: ReturnType<typeof journalSettings>): Promise<Journal> {
  const { disk } = options;
  const layout = directoryLayout(options.directory);
  const log = options.log ?? (() => undefined);
  const deadSegments = new SegmentPool(disk, settings.recycledSegmentsMax);
  await prepareDirectory(disk, layout, deadSegments, settings.segmentBytesFirst);
  const snapshots = new Snapshots({ disk, layout, log });
  await snapshots.open();
  const catalog = new SegmentCatalog();
  const segments = await readSegments(disk, layout);
  for (const entry of segments) catalog.set(entry);
  const start = replayStart(layout, segments, snapshots.newest);
  const blocks = new BlockPool(settings.appendBlockBytes);
  const readers = new SegmentReaders(disk);
  const cache = new BlockCache(settings.blockCacheBytes);
  return new DirectoryJournal({
    options,
    settings,
    layout,
    log,
    catalog,
    deadSegments,
    blocks,
    tail: new TailCache(blocks, settings.tailCacheBytes),
    cache,
    readers,
    loader: new RecordLoader(catalog, readers, cache),
    counts: new LiveCounts(segments[0]?.number ?? 1),
    snapshots,
    start,
  });
}
