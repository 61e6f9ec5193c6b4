/**
 * What was measured, kept without any other server: by the second for an hour, by ten seconds for a day, by the minute
 * for thirty days, within a budget of bytes. Invariants: a gap stays unknown; counters are kept as increments, so that
 * a restart of what counts loses nothing; a crash loses at most the newest ten seconds, a power loss the newest minute.
 */
import { messageOf, Pacer, Turns, type Clock, type Disk } from '../../kernel/index.js';
import type { ObjectKind } from '../metric.js';
import type { Sample } from '../sample.js';
import { groupObjects } from './block.js';
import { windowSeconds } from './kind-window.js';
import { LiveObjects } from './live-objects.js';
import { mergeFile } from './merge.js';
import { ObjectBook } from './object-book.js';
import { resolutions } from './resolution.js';
import { Sealing, type LiveObject, type SealedBlocks } from './sealing.js';
import {
  joinStretches,
  liveStretch,
  planStretches,
  readStretch,
  requirePoints,
  type Stretch,
} from './select.js';
import { Tier } from './tier.js';

export interface HistoryOptions {
  readonly disk: Disk;
  /** `DIR/history`; made if it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
  readonly kinds: readonly ObjectKind[];
  /** Of all its files; 256 MiB unless said otherwise. */
  readonly budgetBytes?: number;
  /** Measured at one time; 20,000 unless said otherwise. */
  readonly objectsMax?: number;
}

/** One series of one object, between two moments. */
export interface Selection {
  readonly kind: string;
  readonly labels: readonly string[];
  /** The number of the series (`seriesOf`). */
  readonly series: number;
  /** Unix seconds; `toSecond` is no longer in it. */
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

/** How far back one resolution reaches. */
export interface Coverage {
  readonly resolution: string;
  readonly pointSeconds: number;
  readonly keepSeconds: number;
  /** Unix seconds; undefined: it holds nothing yet. */
  readonly startSecond: number | undefined;
  readonly bytes: number;
  /** Files given up before their time, to keep the budget: what they held is in the next resolution alone. */
  readonly droppedFiles: number;
}

/** What did not go as it should, for those who watch the watcher. */
export interface HistoryHealth {
  readonly cutBytes: number;
  readonly unreadableFiles: readonly string[];
  readonly brokenNames: number;
  readonly damagedReads: number;
  /** Blocks that could not be written: their time is unknown. */
  readonly lostBlocks: number;
  readonly lastProblem: string | undefined;
  /** Attempts to measure an object beyond `objectsMax`. */
  readonly refusedObjects: number;
}

const budgetBytesDefault = 256 * 1024 * 1024;
const objectsMaxDefault = 20_000;
/** An object that was not measured for so long is no longer there. */
const absentSecondsMax = 120;

export class History {
  readonly #options: HistoryOptions;
  readonly #tiers: readonly Tier[];
  readonly #book: ObjectBook;
  readonly #live: LiveObjects;
  readonly #sealing = new Sealing();
  readonly #turns = new Turns();
  #second = -Infinity;
  #previousSecond = -Infinity;
  /** Of the newest window whose minute is not written; -Infinity: there is none. */
  #windowStart = -Infinity;
  /** The window is written, and its minute is not. */
  #isWindowSealed = false;
  /** Where the points of each resolution end. */
  #sealedSeconds: number[];
  #maintenance: Promise<void> = Promise.resolve();
  #cutBytes = 0;
  #unreadable: readonly string[] = [];
  #brokenNames = 0;
  #lostBlocks = 0;
  #lastProblem: string | undefined;

  private constructor(options: HistoryOptions) {
    const { disk, directory, kinds, objectsMax = objectsMaxDefault } = options;
    this.#options = options;
    this.#tiers = resolutions.map((resolution) => new Tier(disk, directory, resolution));
    this.#book = new ObjectBook(disk, directory);
    this.#live = new LiveObjects(kinds, this.#book, objectsMax);
    this.#sealedSeconds = resolutions.map(() => 0);
  }

  /** Rejects with the system's error where the directory cannot be made or read. */
  static async open(options: HistoryOptions): Promise<History> {
    const history = new History(options);
    await history.#open();
    return history;
  }

  /**
   * Begins a second. What came before the ten seconds that it is in is written first. False: it is not later than the
   * last one, and nothing may be measured.
   */
  async begin(second: number): Promise<boolean> {
    if (second <= this.#second) return false;
    const windowStart = second - (second % windowSeconds);
    if (windowStart !== this.#windowStart) await this.#sealBefore(second);
    this.#windowStart = windowStart;
    this.#isWindowSealed = false;
    this.#previousSecond = this.#second;
    this.#second = second;
    return true;
  }

  /**
   * Takes in what was measured of one object in the second that has begun. False: there are too many objects, and it is
   * not kept.
   */
  measure(sample: Pick<Sample, 'kind' | 'labels' | 'figures' | 'revision'>): boolean {
    const object = this.#live.find(sample.kind, sample.labels);
    if (object === undefined) return false;
    const { window, slot } = object;
    const { revision = 0 } = sample;
    if (window.repeat(slot, this.#second, revision)) return true;
    const isNew = object.isFirstSeen && Number.isNaN(window.lastSecond(slot));
    const isBorn = isNew && this.#previousSecond === this.#second - 1;
    window.measure(slot, this.#second, sample.figures, isBorn, revision);
    return true;
  }

  /** Ends the second: the last of ten writes them all. */
  async end(): Promise<void> {
    const next = this.#second + 1;
    if (next % windowSeconds === 0) await this.#sealBefore(next);
  }

  /**
   * The points of a series, oldest first, in stretches of one step each: the step asked for, and larger ones where only
   * a coarser resolution reaches back. Throws `bad-input` for more than 20,000 points.
   */
  select(selection: Selection): Promise<readonly Stretch[]> {
    return this.#turns.take(async () => {
      const { fromSecond, toSecond, stepSeconds } = selection;
      requirePoints((toSecond - fromSecond) / stepSeconds);
      const id = this.#book.find(selection.kind, selection.labels);
      if (id === undefined) return [];
      const stretches: Stretch[] = [];
      for (const plan of planStretches(this.#tiers, this.#sealedSeconds, selection))
        stretches.push(await readStretch(plan, id, selection.series));
      const live = this.#live.byId(id);
      if (live !== undefined && this.#windowStart !== -Infinity)
        stretches.push(...liveStretch(live, selection, this.#windowStart));
      return joinStretches(stretches);
    });
  }

  /** The labels of every object of a kind that history may know something of. */
  objects(kind: string): (readonly string[])[] {
    return [...this.#book.all()].filter((object) => object.kind === kind).map(({ labels }) => labels);
  }

  coverage(): readonly Coverage[] {
    return this.#tiers.map(({ resolution, bytes, startSecond, droppedFiles }) => ({
      resolution: resolution.name,
      pointSeconds: resolution.pointSeconds,
      keepSeconds: resolution.keepSeconds,
      startSecond: startSecond === Infinity ? undefined : startSecond,
      bytes,
      droppedFiles,
    }));
  }

  /** Unix seconds of the oldest that is written; undefined: nothing is. */
  get startSecond(): number | undefined {
    const start = Math.min(...this.#tiers.map((tier) => tier.startSecond));
    return start === Infinity ? undefined : start;
  }

  /** Unix seconds: where the newest that is written ends; undefined: nothing is. */
  get endSecond(): number | undefined {
    const end = Math.max(...this.#sealedSeconds);
    return end === 0 ? undefined : end;
  }

  get health(): HistoryHealth {
    return {
      cutBytes: this.#cutBytes,
      unreadableFiles: this.#unreadable,
      brokenNames: this.#brokenNames,
      damagedReads: this.#tiers.reduce((sum, { damagedReads }) => sum + damagedReads, 0),
      lostBlocks: this.#lostBlocks,
      lastProblem: this.#lastProblem,
      refusedObjects: this.#live.refused,
    };
  }

  /** Of the columns that hold the newest ten seconds and the minute so far. */
  get memoryBytes(): number {
    return this.#live.memoryBytes;
  }

  /** Resolves when merging and removing of old files has come to its end. */
  settled(): Promise<void> {
    return this.#maintenance;
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await this.#sealBefore(Infinity);
    await this.#maintenance;
    await this.#turns.take(async () => {
      for (const tier of this.#tiers) await tier.close();
      await this.#book.close();
    });
  }

  async #open(): Promise<void> {
    const { disk, directory } = this.#options;
    await disk.makeDirectory(directory);
    for (const [index, tier] of this.#tiers.entries()) {
      const { cutBytes, unreadable } = await tier.open();
      this.#cutBytes += cutBytes;
      this.#unreadable = [...this.#unreadable, ...unreadable];
      this.#sealedSeconds[index] = tier.files.reduce((end, file) => Math.max(end, file.endSecond ?? 0), 0);
    }
    const groups = this.#groups();
    const idMin = [...groups].reduce((max, group) => Math.max(max, (group + 1) * groupObjects), 0);
    const { brokenLines } = await this.#book.open(idMin, (id) => groups.has(Math.floor(id / groupObjects)));
    this.#brokenNames = brokenLines;
  }

  #groups(): Set<number> {
    const groups = new Set<number>();
    for (const { files } of this.#tiers)
      for (const { blocks } of files)
        for (const { table } of blocks)
          for (let entry = 0; entry < table.length; entry += 3) groups.add(table[entry]!);
    return groups;
  }

  /** Writes the window, and its minute where `next` lies in another. */
  async #sealBefore(next: number): Promise<void> {
    const start = this.#windowStart;
    const endsMinute = Math.floor(next / 60) !== Math.floor(start / 60);
    if (start === -Infinity || (this.#isWindowSealed && !endsMinute)) return;
    await this.#turns.take(() => this.#seal(start, endsMinute));
    this.#isWindowSealed = true;
    if (!endsMinute) return;
    this.#windowStart = -Infinity;
    this.#maintenance = this.#maintenance.then(() => this.#maintain(start));
  }

  async #seal(start: number, endsMinute: boolean): Promise<void> {
    await this.#store(await this.#collect(start, endsMinute));
    const end = start + windowSeconds;
    const ends = [end, end, endsMinute ? start - (start % 60) + 60 : 0];
    this.#sealedSeconds = this.#sealedSeconds.map((sealed, index) => Math.max(sealed, ends[index]!));
    if (!endsMinute) return;
    await this.#attempt(() => this.#sync());
    this.#releaseAbsent(start);
  }

  async #collect(start: number, endsMinute: boolean): Promise<SealedBlocks> {
    const pacer = new Pacer(this.#options.clock, this.#options.pause);
    this.#sealing.clear();
    for (const object of this.#live.ordered()) {
      this.#sealing.add(object, endsMinute);
      if (pacer.isDue) await pacer.pause();
    }
    return this.#sealing.finish(start, endsMinute);
  }

  async #store(blocks: SealedBlocks): Promise<void> {
    const isNamed = await this.#attempt(() => this.#book.save());
    for (const [index, block] of blocks.entries()) {
      if (block === undefined) continue;
      const { header, payload, table } = block;
      const isStored =
        isNamed && (await this.#attempt(() => this.#tiers[index]!.append(header, payload, table)));
      if (!isStored) this.#lostBlocks++;
    }
  }

  async #sync(): Promise<void> {
    for (const tier of this.#tiers) await tier.sync();
  }

  #releaseAbsent(second: number): void {
    const isAbsent = ({ window, slot }: LiveObject): boolean =>
      window.lastSecond(slot) < second - absentSecondsMax && window.minuteTicks(slot) === 0;
    for (const object of this.#live.ordered().filter(isAbsent)) this.#live.release(object);
  }

  /** Merges complete files, removes old ones, and keeps the budget. */
  async #maintain(second: number): Promise<void> {
    for (const tier of this.#tiers) {
      await this.#attempt(() => this.#mergeOne(tier));
      const { keepSeconds } = tier.resolution;
      await this.#attempt(() => this.#turns.take(() => tier.expire(second - keepSeconds)));
    }
    await this.#attempt(() => this.#turns.take(() => this.#keepBudget()));
    if (second % 3_600 < windowSeconds * 6) this.#forgetNames();
  }

  async #mergeOne(tier: Tier): Promise<void> {
    const file = tier.nextUnmerged();
    if (file === undefined) return;
    const { disk, clock, pause } = this.#options;
    const merged = await mergeFile(disk, file, new Pacer(clock, pause));
    await this.#turns.take(() => tier.replace(file, merged));
  }

  /** The resolution that takes most gives up its oldest file. */
  async #keepBudget(): Promise<void> {
    const { budgetBytes = budgetBytesDefault } = this.#options;
    const used = (): number => this.#tiers.reduce((sum, { bytes }) => sum + bytes, 0);
    while (used() > budgetBytes) {
      const bySize = this.#tiers.toSorted((a, b) => b.bytes - a.bytes);
      let isDropped = false;
      for (const tier of bySize) if (!isDropped) isDropped = await tier.dropOldest();
      if (!isDropped) return;
    }
  }

  #forgetNames(): void {
    const groups = this.#groups();
    this.#book.forget((id) => this.#live.has(id) || groups.has(Math.floor(id / groupObjects)));
  }

  /** History never fails what it watches: a problem is kept to be told. False: it went wrong. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (problem) {
      this.#lastProblem = messageOf(problem);
      return false;
    }
  }
}
