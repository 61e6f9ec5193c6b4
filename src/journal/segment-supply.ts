/**
 * Keeps one segment prepared ahead of the one being appended to: the reserve. A place in a segment can be
 * promised at once (`take`); writing to it waits until its file is whole (`ready`). A full disk shows here, and
 * never loses what was appended: its batch waits for space.
 */
import { assert, messageOf, SluiceError, type CancelTimer, type DiskFile } from '../kernel/index.js';
import type { JournalLog, SpaceState } from './contract.js';
import { isDiskFull } from './disk-errors.js';
import type { SegmentCatalog, SegmentEntry } from './segment-catalog.js';
import { buildSegment, rebuildSegment, type BuilderPorts, type BuiltSegment } from './segment-builder.js';
import type { SegmentPool } from './segment-pool.js';
import type { JournalSettings } from './settings.js';

/** How long to wait before trying again to prepare a segment on a full disk. */
const retryAfterMs = 1000;
/** With room for this many more segments, one may have holes when there is no time to fill it. */
const abundantSegments = 16;

/** A segment to append to; its file may still be in the making. */
export interface SegmentPlan {
  readonly number: number;
  readonly epoch: number;
  readonly bytes: number;
  /** Open for writing once the segment is prepared. */
  readonly file: DiskFile | undefined;
}

interface Slot {
  readonly number: number;
  epoch: number;
  bytes: number;
  file: DiskFile | undefined;
  taken: boolean;
  waiting: Waiting<DiskFile>[];
}

interface Waiting<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: SluiceError) => void;
}

export interface SupplyPorts extends BuilderPorts {
  readonly settings: JournalSettings;
  readonly catalog: SegmentCatalog;
  readonly pool: SegmentPool;
  readonly nextEpoch: () => number;
  /** Bytes of disk that are meant for something else. */
  readonly spokenFor: () => number;
  /** True while the disk is the bottleneck, so that filling a segment would slow its batches down. */
  readonly isBusy: () => boolean;
  readonly onSpace: (space: SpaceState) => void;
  /** The disk failed otherwise than by being full. */
  readonly onFailure: (error: unknown) => void;
  readonly log: JournalLog;
}

export class SegmentSupply {
  readonly #ports: SupplyPorts;
  readonly #slots = new Map<number, Slot>();
  #bytesNext: number;
  #space: SpaceState = 'ok';
  /** No further segment could be prepared. */
  #full = false;
  /** A batch found no room, in the hole of a segment. */
  #starved = false;
  #starving: Waiting<void>[] = [];
  #preparing: Promise<void> | undefined;
  #cancelRetry: CancelTimer | undefined;
  #stopped = false;

  /** `lastBytes`: the size of the journal's last segment, which the following ones grow from. */
  constructor(ports: SupplyPorts, lastBytes: number) {
    const { segmentBytes, segmentBytesFirst } = ports.settings;
    this.#ports = ports;
    this.#bytesNext = Math.min(segmentBytes, Math.max(segmentBytesFirst, 2 * lastBytes));
  }

  get space(): SpaceState {
    return this.#space;
  }

  /** Adds a segment that exists already and holds no records yet, or is to be appended to. */
  adopt(entry: SegmentEntry, file: DiskFile): void {
    const { number, epoch, bytes } = entry;
    this.#slots.set(number, { number, epoch, bytes, file, taken: false, waiting: [] });
    this.#bytesNext = Math.min(this.#ports.settings.segmentBytes, Math.max(this.#bytesNext, 2 * bytes));
  }

  /** Gives segment `number` out for appending, at once; the one after it is then prepared. */
  take(number: number): SegmentPlan {
    const slot = this.#slots.get(number) ?? this.#plan(number);
    slot.taken = true;
    this.#plan(number + 1);
    this.#announce();
    this.#prepare();
    return slot;
  }

  /** The file of a segment, when it is whole. */
  ready(number: number): Promise<DiskFile> {
    const slot = this.#slots.get(number);
    assert(slot !== undefined, 'a segment is taken before it is written');
    if (slot.file !== undefined) return Promise.resolve(slot.file);
    return new Promise((resolve, reject) => slot.waiting.push({ resolve, reject }));
  }

  /** A batch found no room: resolves when it is time to try again. */
  noRoom(): Promise<void> {
    this.#starved = true;
    this.#announce();
    return new Promise((resolve, reject) => {
      this.#starving.push({ resolve, reject });
      this.#ports.clock.after(retryAfterMs, resolve);
    });
  }

  /** A batch has found room. */
  roomFound(): void {
    if (!this.#starved) return;
    this.#starved = false;
    this.#starving = [];
    this.#announce();
  }

  /** Closes a segment that has been written to its end. */
  async finish(number: number): Promise<void> {
    const slot = this.#slots.get(number);
    this.#slots.delete(number);
    await slot?.file?.close();
  }

  /** Tries again to prepare: space may have come back. */
  retry(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#prepare();
  }

  /** Prepares nothing further; who waits for a segment is told that there will be none. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry?.();
    const error = new SluiceError('closed', 'the journal was closed');
    for (const waiting of this.#starving.splice(0)) waiting.reject(error);
    for (const slot of this.#slots.values()) {
      for (const waiting of slot.waiting.splice(0)) waiting.reject(error);
    }
    await this.#preparing;
  }

  /** Closes all files; nothing may be under way. */
  async closeFiles(): Promise<void> {
    for (const slot of this.#slots.values()) await slot.file?.close();
    this.#slots.clear();
  }

  #plan(number: number): Slot {
    const known = this.#slots.get(number);
    if (known !== undefined) return known;
    const { nextEpoch, settings } = this.#ports;
    const bytes = this.#bytesNext;
    this.#bytesNext = Math.min(settings.segmentBytes, 2 * bytes);
    const slot: Slot = { number, epoch: nextEpoch(), bytes, file: undefined, taken: false, waiting: [] };
    this.#slots.set(number, slot);
    return slot;
  }

  #prepare(): void {
    if (this.#preparing !== undefined || this.#cancelRetry !== undefined || this.#stopped) return;
    this.#preparing = this.#prepareAll().finally(() => {
      this.#preparing = undefined;
    });
  }

  async #prepareAll(): Promise<void> {
    for (let slot = this.#unprepared(); slot !== undefined && !this.#stopped; slot = this.#unprepared()) {
      try {
        await this.#prepareOne(slot);
      } catch (error) {
        this.#failedToPrepare(error);
        return;
      }
    }
  }

  #unprepared(): Slot | undefined {
    for (const slot of this.#slots.values()) if (slot.file === undefined) return slot;
    return undefined;
  }

  async #prepareOne(slot: Slot): Promise<void> {
    const { entry, file } = await this.#make(slot);
    this.#ports.catalog.set(entry);
    slot.bytes = entry.bytes;
    slot.file = file;
    this.#full = false;
    this.#announce();
    for (const waiting of slot.waiting.splice(0)) waiting.resolve(file);
  }

  /**
   * A promised segment keeps its size; one that is not taken yet may get that of a recycled file. While a
   * file is in the making its slot's size must not change, so the slot is settled before the first wait.
   */
  async #make(slot: Slot): Promise<BuiltSegment> {
    const { pool, settings, disk, layout } = this.#ports;
    const dead = pool.withdraw(slot.taken ? slot.bytes : settings.segmentBytesFirst);
    if (dead !== undefined) {
      if (!slot.taken) slot.bytes = dead.bytes;
      return rebuildSegment(this.#ports, dead, slot.number, slot.epoch);
    }
    const { freeBytes } = await disk.space(layout.segments);
    const needed = slot.bytes + settings.freeBytesMin + this.#ports.spokenFor();
    if (freeBytes < needed) throw spaceTooLow(freeBytes);
    const abundant = freeBytes >= needed + abundantSegments * settings.segmentBytes;
    const isUrgent = (): boolean => abundant && this.#ports.isBusy();
    return buildSegment(this.#ports, slot.number, slot.epoch, slot.bytes, isUrgent);
  }

  #failedToPrepare(error: unknown): void {
    if (this.#stopped) return;
    if (!isDiskFull(error)) {
      this.#ports.onFailure(error);
      return;
    }
    if (!this.#full) this.#ports.log('journal.space-full', { reason: messageOf(error) });
    this.#full = true;
    this.#announce();
    this.#cancelRetry = this.#ports.clock.after(retryAfterMs, () => {
      this.retry();
    });
  }

  #announce(): void {
    const space = this.#currentSpace();
    if (space === this.#space) return;
    this.#space = space;
    this.#ports.onSpace(space);
  }

  #currentSpace(): SpaceState {
    if (this.#starved) return 'exhausted';
    if (!this.#full) return 'ok';
    for (const slot of this.#slots.values()) if (slot.taken && slot.file === undefined) return 'exhausted';
    return 'full';
  }
}

function spaceTooLow(freeBytes: number): SluiceError {
  return new SluiceError('disk-full', `only ${freeBytes} bytes of disk are free`, { details: { freeBytes } });
}
