/**
 * A journal in a directory: the face that joins appending, group commit, reading back, snapshots and
 * compaction. It appends nothing before the replay has found where the records end.
 */
import { assert, messageOf, SluiceError, systemRandom } from '../kernel/index.js';
import { Appender } from './appender.js';
import { Ballast } from './ballast.js';
import { compactSegments } from './compaction.js';
import type {
  CompactionReport,
  Journal,
  JournalSnapshot,
  JournalStats,
  RecordView,
  RecoveryReport,
  SnapshotWriter,
  SpaceState,
  StopListening,
} from './contract.js';
import { diskError, systemErrorAsDiskError } from './disk-errors.js';
import { GroupCommit } from './group-commit.js';
import { randomEpoch, type JournalParts } from './journal-parts.js';
import { journalStats } from './journal-stats.js';
import { Listeners } from './listeners.js';
import { QuickReader } from './quick-reader.js';
import { recordHeaderBytes } from './record-frame.js';
import { fillView, newRecordView } from './record-view.js';
import { recover, type Recovered } from './recovery.js';
import { segmentHeaderBytes } from './segment-header.js';
import { SegmentSupply, type SegmentPlan } from './segment-supply.js';

/** `open` until the replay has ended; `ended` after `close`. */
type Phase = 'open' | 'replaying' | 'ready' | 'ended';

export class DirectoryJournal implements Journal {
  readonly #parts: JournalParts;
  readonly #view: RecordView = newRecordView();
  readonly #spaceChanged = new Listeners<[space: SpaceState]>();
  readonly snapshot: JournalSnapshot | undefined;
  #phase: Phase = 'open';
  #supply!: SegmentSupply;
  #commit!: GroupCommit;
  readonly #quickReader: QuickReader;
  #appender!: Appender;
  #compacting = false;
  readonly #ballast: Ballast;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#quickReader = new QuickReader(parts.options.clock, parts.catalog, parts.readers);
    const { options, settings, layout, log } = parts;
    this.#ballast = new Ballast({
      ...{ disk: options.disk, path: layout.reserve, log },
      ...{ bytes: settings.reserveBytes, freeBytesMin: settings.freeBytesMin },
    });
    const newest = parts.snapshots.newest;
    this.snapshot = newest === undefined ? undefined : parts.snapshots.view(newest);
  }

  async replay(
    visit: (record: RecordView) => void,
    onProgress: (doneBytes: number, totalBytes: number) => void = () => undefined,
  ): Promise<RecoveryReport> {
    assert(this.#phase === 'open', 'a journal is replayed once');
    this.#phase = 'replaying';
    const { options, catalog, start } = this.#parts;
    const ports = {
      disk: options.disk,
      clock: options.clock,
      layout: this.#parts.layout,
      log: this.#parts.log,
    };
    const segments = catalog.list().filter((entry) => entry.number >= start.segment);
    try {
      const recovered = await recover(ports, segments, start, visit, onProgress);
      this.#requireReferenced();
      await this.#prepareToAppend(recovered);
      this.#ballast.follow(this.space);
      this.#phase = 'ready';
      return recovered.report;
    } catch (error) {
      throw systemErrorAsDiskError('the journal cannot be continued', error as Error);
    }
  }

  get buffer(): Buffer {
    return this.#appender.buffer;
  }

  get segment(): number {
    return this.#appender.segment;
  }

  get offset(): number {
    return this.#appender.offset;
  }

  get lastSequence(): number {
    return this.#appender.lastSequence;
  }

  get durableSequence(): number {
    return this.#commit.durableSequence;
  }

  get pressure(): boolean {
    return this.#commit.pressure;
  }

  get space(): SpaceState {
    return this.#supply.space;
  }

  gather(records: number, payloadBytes: number): number {
    return this.#appender.gather(records * recordHeaderBytes + payloadBytes);
  }

  reserve(type: number, payloadBytes: number): number {
    return this.#appender.reserve(type, payloadBytes);
  }

  commit(): number {
    return this.#appender.commit();
  }

  beginGroup(): void {
    this.#appender.beginGroup();
  }

  endGroup(): void {
    this.#appender.endGroup();
  }

  onDurable(listener: (sequence: number) => void): StopListening {
    return this.#commit.durable.add(listener);
  }

  beforeSeal(listener: () => void): StopListening {
    return this.#commit.sealing.add(listener);
  }

  onPressure(listener: (pressure: boolean) => void): StopListening {
    return this.#commit.pressureChanged.add(listener);
  }

  onSpace(listener: (space: SpaceState) => void): StopListening {
    return this.#spaceChanged.add(listener);
  }

  wake(withinMs: number): void {
    this.#commit.wake(withinMs);
  }

  sync(): Promise<void> {
    return this.#commit.sync();
  }

  peek(segment: number, offset: number): RecordView | undefined {
    const fresh = this.#parts.tail.find(segment, offset);
    if (fresh !== undefined) return fillView(this.#view, fresh, fresh.base, segment, offset);
    const loaded = this.#parts.cache.find(segment, offset);
    return loaded === undefined ? undefined : fillView(this.#view, loaded, loaded.base, segment, offset);
  }

  readNow(segment: number, offset: number): RecordView | undefined {
    const read = this.#quickReader.read(segment, offset);
    return read === undefined ? undefined : fillView(this.#view, read, offset, segment, offset);
  }

  load(segment: number, offset: number, whenLoaded: (error?: SluiceError) => void, single = false): void {
    this.#parts.loader.load(segment, offset, whenLoaded, single);
  }

  retain(segment: number, bytes: number): void {
    this.#parts.counts.retain(segment, bytes);
  }

  release(segment: number, bytes: number): void {
    this.#parts.counts.release(segment, bytes);
  }

  async compact(
    liveOffsets: (segment: number) => Uint32Array,
    companionOf: (record: RecordView) => number = () => 0,
  ): Promise<CompactionReport> {
    assert(this.#phase === 'ready' && !this.#compacting, 'one compaction runs at a time');
    this.#compacting = true;
    const { options, settings, layout, catalog, counts, readers, cache, deadSegments, snapshots, log } =
      this.#parts;
    const ports = {
      ...{ disk: options.disk, layout, catalog, counts, readers, cache, pool: deadSegments, log },
      reusableBytesMin: settings.segmentBytesFirst,
      // What callers have applied and hold back until a batch is sealed has ended references too.
      sync: () => this.#commit.syncHeldBack(),
    };
    try {
      const live = { offsetsOf: liveOffsets, companionOf };
      return await compactSegments(ports, snapshots.firstSegmentToReplay, live);
    } catch (error) {
      throw diskError('compaction failed', error);
    } finally {
      this.#compacting = false;
      this.#supply.retry();
    }
  }

  beginSnapshot(): SnapshotWriter {
    assert(this.#phase === 'ready' && !this.#appender.inGroup, 'a snapshot is begun between groups');
    const mark = { sequence: this.lastSequence, ...this.#appender.position };
    return this.#parts.snapshots.begin(mark, () => this.sync());
  }

  stats(): JournalStats {
    return journalStats(this.#parts, this.#appender, this.#commit, this.#supply);
  }

  async close(): Promise<void> {
    const wasReady = this.#phase === 'ready';
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    if (wasReady) await this.#stopAppending();
    await this.#parts.readers.close();
  }

  /** What cannot be made durable for want of space was never reported durable, so it may be given up. */
  async #stopAppending(): Promise<void> {
    this.onSpace((space) => {
      if (space === 'exhausted') this.#commit.stop();
    });
    try {
      if (this.space !== 'exhausted' && this.#commit.failure === undefined) await this.#commit.finish();
    } catch (error) {
      this.#parts.log('journal.unclean-stop', { reason: messageOf(error) });
    }
    this.#commit.stop();
    await this.#supply.stop();
    await this.#commit.settled();
    await this.#supply.closeFiles();
    await this.#ballast.settled();
  }

  /** A reference to a segment that is gone means lost bodies, which must show now and not at delivery. */
  #requireReferenced(): void {
    const { counts, catalog, layout } = this.#parts;
    const missing = [...counts.referenced()].filter((number) => catalog.get(number) === undefined);
    if (missing.length === 0) return;
    throw new SluiceError(
      'journal-damaged',
      `segments of ${layout.segments} are missing: ${missing.join(', ')}`,
      {
        details: { path: layout.segments, segments: missing },
      },
    );
  }

  async #prepareToAppend(recovered: Recovered): Promise<void> {
    const { options, settings, catalog, blocks, tail, log } = this.#parts;
    for (const number of recovered.removed) catalog.delete(number);
    const lastBytes = recovered.resume?.entry.bytes ?? catalog.get(recovered.lastSegment)?.bytes ?? 0;
    for (const entry of recovered.resized) catalog.set(entry);
    this.#supply = this.#newSupply(lastBytes);
    this.#commit = new GroupCommit(
      {
        ...{ clock: options.clock, supply: this.#supply, tail, log, onFailure: options.onFailure },
        pressureBytes: settings.pressureBytes,
      },
      recovered.report.lastSequence,
    );
    const { plan, offset } = await this.#place(recovered);
    this.#appender = new Appender(
      {
        ...{ supply: this.#supply, pool: blocks, tail, payloadBytesMax: settings.payloadBytesMax },
        onAppend: () => {
          this.#commit.touch();
        },
      },
      { plan, offset, lastSequence: recovered.report.lastSequence },
    );
    this.#commit.attach(this.#appender);
    if (recovered.report.lastSequence > 0 && !recovered.report.cleanStop) this.#commit.start();
  }

  #newSupply(lastBytes: number): SegmentSupply {
    const { options, settings, layout, catalog, deadSegments, log } = this.#parts;
    const random = options.random ?? systemRandom();
    return new SegmentSupply(
      {
        ...{ disk: options.disk, clock: options.clock, layout, settings, catalog, pool: deadSegments, log },
        nextEpoch: options.epochSource ?? (() => randomEpoch(random)),
        isBusy: () => this.#commit.isBusy,
        spokenFor: () => this.#ballast.missingBytes,
        onSpace: (space) => {
          this.#ballast.follow(space);
          this.#spaceChanged.call(space);
        },
        onFailure: (error) => {
          this.#commit.fail(error);
        },
      },
      lastBytes,
    );
  }

  /** The place where the next record goes. */
  async #place(recovered: Recovered): Promise<{ readonly plan: SegmentPlan; readonly offset: number }> {
    const { options, catalog, settings } = this.#parts;
    const { disk } = options;
    for (const entry of recovered.spares) {
      if (entry.bytes >= settings.segmentBytesFirst) {
        this.#supply.adopt(entry, await disk.open(entry.path, 'read-write'));
      } else {
        catalog.delete(entry.number);
        await disk.unlink(entry.path);
      }
    }
    const { resume } = recovered;
    if (resume === undefined) {
      const plan = this.#supply.take(recovered.lastSegment + 1);
      return { plan, offset: segmentHeaderBytes };
    }
    this.#supply.adopt(resume.entry, await disk.open(resume.entry.path, 'read-write'));
    return { plan: this.#supply.take(resume.entry.number), offset: resume.offset };
  }
}
