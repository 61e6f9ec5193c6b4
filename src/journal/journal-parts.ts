/** The parts of an open journal, wired once when the directory is opened. */
import type { Random } from '../kernel/index.js';
import type { BlockPool } from './append-block.js';
import type { BlockCache } from './block-cache.js';
import type { JournalOptions, JournalLog } from './contract.js';
import type { DirectoryLayout } from './directory-layout.js';
import type { LiveCounts } from './live-counts.js';
import type { RecordLoader } from './record-loader.js';
import type { ReplayStart } from './replay-start.js';
import type { SegmentCatalog } from './segment-catalog.js';
import type { SegmentPool } from './segment-pool.js';
import type { SegmentReaders } from './segment-readers.js';
import type { JournalSettings } from './settings.js';
import type { Snapshots } from './snapshots.js';
import type { TailCache } from './tail-cache.js';

export interface JournalParts {
  readonly options: JournalOptions;
  readonly settings: JournalSettings;
  readonly layout: DirectoryLayout;
  readonly log: JournalLog;
  readonly catalog: SegmentCatalog;
  readonly deadSegments: SegmentPool;
  readonly blocks: BlockPool;
  readonly tail: TailCache;
  readonly cache: BlockCache;
  readonly readers: SegmentReaders;
  readonly loader: RecordLoader;
  readonly counts: LiveCounts;
  readonly snapshots: Snapshots;
  readonly start: ReplayStart;
}

/** An epoch without a zero byte, so that searching for it skips zeros quickly. */
export function randomEpoch(random: Random): number {
  return (random.bytes(4).readUInt32LE(0) | 0x01010101) >>> 0;
}
