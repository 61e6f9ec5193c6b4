/** The journal's figures at one moment, gathered from its parts. */
import type { Appender } from './appender.js';
import type { JournalStats } from './contract.js';
import { millisecondsOf } from './distribution.js';
import type { GroupCommit } from './group-commit.js';
import type { JournalParts } from './journal-parts.js';
import type { SegmentSupply } from './segment-supply.js';

export function journalStats(
  parts: JournalParts,
  appender: Appender,
  commit: GroupCommit,
  supply: SegmentSupply,
): JournalStats {
  return {
    lastSequence: appender.lastSequence,
    durableSequence: commit.durableSequence,
    unsyncedBytes: commit.unsyncedBytes,
    appendedRecords: appender.records,
    appendedBytes: appender.bytes,
    syncMs: millisecondsOf(commit.syncs.whole()),
    syncs: commit.syncs.read(parts.options.clock.monotonic()),
    batchBytes: commit.batchBytes.summary(),
    segments: parts.catalog.size,
    segmentBytes: parts.catalog.bytes,
    liveBytes: parts.counts.totalBytes,
    blockLoads: parts.loader.loads,
    snapshots: parts.snapshots.count,
    space: supply.space,
  };
}
