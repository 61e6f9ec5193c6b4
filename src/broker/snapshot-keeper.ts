/**
 * Takes snapshots as the journal grows and compacts after them. Snapshots stand further apart the larger they are,
 * so that they cost at most as much writing as the journal itself. Invariant: one snapshot or compaction at a time.
 */
import type { Journal } from '../journal/index.js';
import { messageOf } from '../kernel/index.js';
import type { BrokerLog } from './broker.js';
import { companionOf } from './custody/companion-of.js';
import type { BrokerRecords } from './records/broker-records.js';
import type { Recorder } from './recorder.js';
import type { BrokerSettings } from './settings.js';
import { forgetNoted, noteState, writeState } from './snapshot.js';
import { liveOffsets } from './live-offsets.js';
import type { LooseChunks } from './loose-chunks.js';
import type { BrokerState } from './state.js';

/** Written since the last snapshot, on a clean stop, from which one more saves the next start time. */
const finalSnapshotBytes = 8 * 1024 * 1024;

/** How many syncs pass between two looks at the journal's size. */
const syncsPerLook = 16;

export interface KeeperParts {
  readonly journal: Journal;
  readonly state: BrokerState;
  readonly looseChunks: LooseChunks;
  readonly records: BrokerRecords;
  readonly recorder: Recorder;
  readonly settings: BrokerSettings;
  readonly log: BrokerLog;
}

export class SnapshotKeeper {
  readonly #parts: KeeperParts;
  readonly #hash: () => Buffer;
  #bytesAtLast: number;
  #bytesOfLast = 0;
  #running: Promise<void> | undefined = undefined;
  #syncs = 0;
  #isStopped = false;

  constructor(parts: KeeperParts, hash: () => Buffer) {
    this.#parts = parts;
    this.#hash = hash;
    this.#bytesAtLast = parts.journal.stats().appendedBytes;
  }

  /** Takes a snapshot if enough was written; called after each sync. */
  consider(): void {
    if (++this.#syncs % syncsPerLook !== 0) return;
    const due = Math.max(this.#parts.settings.snapshotEveryBytes, this.#bytesOfLast);
    if (this.#running !== undefined || this.#isStopped || this.#grown() < due) return;
    void this.run();
  }

  #grown(): number {
    return this.#parts.journal.stats().appendedBytes - this.#bytesAtLast;
  }

  /** One snapshot and one compaction. Never rejects: a failure is logged and the next try comes later. */
  async run(): Promise<void> {
    if (this.#running !== undefined) return this.#running;
    this.#running = this.#snapshotAndCompact();
    await this.#running;
    this.#running = undefined;
  }

  async #snapshotAndCompact(): Promise<void> {
    const { journal, log } = this.#parts;
    try {
      await this.#snapshot();
      const report = await journal.compact((segment) => liveOffsets(this.#parts, segment), companionOf);
      if (report.removed.length + report.rewritten.length > 0) log('journal.compacted', { ...report });
    } catch (error) {
      log('journal.snapshot-failed', { reason: messageOf(error) });
    }
  }

  async #snapshot(): Promise<void> {
    const { journal, state, recorder } = this.#parts;
    recorder.flushSettled();
    const writer = journal.beginSnapshot();
    const hash = this.#hash();
    const noted = noteState(state);
    this.#bytesAtLast = journal.stats().appendedBytes;
    let bytes = 0;
    try {
      await writeState(noted, {
        sequence: writer.sequence,
        write: (chunk) => {
          bytes += chunk.length;
          return writer.write(chunk);
        },
        commit: (bytesOfState) => writer.commit(bytesOfState),
        abort: () => writer.abort(),
      });
      await writer.commit(hash);
      this.#bytesOfLast = bytes;
    } catch (error) {
      forgetNoted(noted);
      await writer.abort();
      throw error;
    }
  }

  /** Waits for what runs, and takes a last snapshot where that is worth it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    if (this.#grown() >= finalSnapshotBytes) await this.#snapshotAndCompact();
  }
}
