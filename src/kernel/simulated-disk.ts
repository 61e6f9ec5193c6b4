/**
 * A disk in memory that fails on command: power loss with lost, reordered and torn pages, failed syncs, full
 * media, unreadable ranges, decayed bits, slowness. With a seeded `random` a run repeats exactly.
 */
import { assert } from './assert.js';
import type { Clock } from './clock.js';
import type { Disk, DiskFile, OpenMode } from './disk.js';
import type { Random } from './random.js';
import { pageBytes, type SimulatedFile, type SyncInFlight } from './simulated-file.js';
import { SimulatedVolume, systemError } from './simulated-volume.js';

export type OperationKind =
  | 'open'
  | 'create'
  | 'write'
  | 'sync'
  | 'read'
  | 'truncate'
  | 'list'
  | 'make-directory'
  | 'rename'
  | 'unlink'
  | 'remove-directory'
  | 'sync-directory';

/** The kinds that change something, so that a crash in the middle of one can matter. */
export const changingOperations: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'create',
  'write',
  'sync',
  'truncate',
  'make-directory',
  'rename',
  'unlink',
  'remove-directory',
  'sync-directory',
]);

export interface SimulatedDiskOptions {
  readonly random: Random;
  /** Needed only once `slow` is used. */
  readonly clock?: Clock;
  /** Chance that a written page reaches the medium before it is synced. */
  readonly writeBackChance?: number;
  /** Told of each operation as it is asked for. */
  readonly onOperation?: (kind: OperationKind, path: string) => void;
}

/** Which operations are meant; what is left out matches all. Without `kind`: every changing operation. */
export interface OperationChoice {
  readonly kind?: OperationKind;
  readonly path?: (path: string) => boolean;
  /** The first match to be hit, counted from 1 and from now on. */
  readonly nth: number;
}

export interface FailureChoice extends OperationChoice {
  /** `EIO`, `ENOSPC`, … */
  readonly code: string;
  /** Every later match fails too. */
  readonly forGood?: boolean;
}

type PlannedFault = OperationChoice & {
  seen: number;
} & (
    | { readonly then: 'power-loss' }
    | { readonly then: 'error'; readonly code: string; readonly forGood: boolean }
  );

/** What an operation does when it succeeds, when it fails, and when the power goes in the middle of it. */
interface Effect<T> {
  readonly done: () => T;
  readonly failed?: () => void;
  readonly cutOff?: () => void;
}

interface UnreadableRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export class SimulatedDisk implements Disk {
  readonly #options: SimulatedDiskOptions;
  readonly #volume: SimulatedVolume;
  readonly #counts = new Map<OperationKind, number>();
  readonly #delaysMs = new Map<OperationKind, number>();
  readonly #unreadable: UnreadableRange[] = [];
  #faults: PlannedFault[] = [];
  readonly #openFiles = new Set<SimulatedFile>();
  #dead = false;
  #announceStop!: () => void;
  /** Resolves when the power is lost or the process killed. Operations asked for afterwards never settle. */
  readonly stopped: Promise<void>;

  constructor(options: SimulatedDiskOptions, volume = new SimulatedVolume()) {
    this.#options = options;
    this.#volume = volume;
    this.stopped = new Promise((resolve) => {
      this.#announceStop = resolve;
    });
  }

  /** How many operations of `kind` were asked for; without it, how many that change something. */
  operations(kind?: OperationKind): number {
    if (kind !== undefined) return this.#counts.get(kind) ?? 0;
    let sum = 0;
    for (const [each, count] of this.#counts) if (changingOperations.has(each)) sum += count;
    return sum;
  }

  /** Makes the chosen operation reject. A failed sync leaves its pages clean and not durable. */
  failAt(choice: FailureChoice): void {
    this.#faults.push({ ...choice, seen: 0, then: 'error', forGood: choice.forGood ?? false });
  }

  /** Loses power in the middle of the chosen operation. */
  crashAt(choice: OperationChoice): void {
    this.#faults.push({ ...choice, seen: 0, then: 'power-loss' });
  }

  /** Forgets planned failures, unreadable ranges and slowness. */
  heal(): void {
    this.#faults = [];
    this.#unreadable.length = 0;
    this.#delaysMs.clear();
  }

  /** Makes reads that touch `[start, end)` of `path` reject with `EIO`. */
  failReads(path: string, start = 0, end = Infinity): void {
    this.#unreadable.push({ path, start, end });
  }

  /** Makes every operation of `kind` take `delayMs` of the given clock. */
  slow(kind: OperationKind, delayMs: number): void {
    this.#delaysMs.set(kind, delayMs);
  }

  /** The size of the medium; a write that finds no room stores what fits and rejects with `ENOSPC`. */
  set capacityBytes(bytes: number) {
    this.#volume.budget.pagesMax = Math.floor(bytes / pageBytes);
  }

  /** Inverts one bit of a file, in the cache and on the medium. */
  flipBit(path: string, position: number, bit: number): void {
    this.#volume.file(path).flipBit(position, bit);
  }

  /** A file as programs see it, for assertions. */
  contentOf(path: string): Buffer {
    const file = this.#volume.file(path);
    const content = Buffer.alloc(file.size);
    file.read(content, 0);
    return content;
  }

  /**
   * Loses power and gives the disk as it is found afterwards, without faults. Each unsynced page and name
   * survives with chance `survival`; left out, it is drawn, the extremes 0 and 1 often.
   */
  crash(survival?: number): SimulatedDisk {
    this.#stop();
    const { random } = this.#options;
    const chance = survival ?? [0, 1, 0.5, random.next()][random.integer(4)]!;
    this.#volume.losePower(random, chance);
    return new SimulatedDisk(this.#options, this.#volume);
  }

  /** Ends the process, not the machine: the cache stays, and what was not durable still is not. */
  kill(): SimulatedDisk {
    this.#stop();
    for (const file of this.#openFiles) file.closeAll();
    return new SimulatedDisk(this.#options, this.#volume);
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    return this.#perform(mode === 'create' ? 'create' : 'open', path, {
      done: () => {
        const file = mode === 'create' ? this.#volume.create(path) : this.#volume.file(path);
        file.handles++;
        this.#openFiles.add(file);
        return this.#handle(path, file, mode !== 'read');
      },
    });
  }

  list(directory: string): Promise<string[]> {
    return this.#perform('list', directory, { done: () => this.#volume.list(directory) });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#changeNames('make-directory', path, () => {
      this.#volume.makeDirectory(path);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#changeNames('rename', to, () => {
      this.#volume.rename(from, to);
    });
  }

  unlink(path: string): Promise<void> {
    return this.#changeNames('unlink', path, () => {
      this.#volume.unlink(path);
    });
  }

  removeDirectory(path: string): Promise<void> {
    return this.#changeNames('remove-directory', path, () => {
      this.#volume.removeDirectory(path);
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#perform('sync-directory', directory, {
      done: () => {
        this.#volume.syncDirectory(directory);
      },
    });
  }

  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    const totalBytes = this.#volume.budget.pagesMax * pageBytes;
    return Promise.resolve({ freeBytes: Math.max(0, totalBytes - this.#volume.usedBytes), totalBytes });
  }

  #handle(path: string, file: SimulatedFile, writable: boolean): DiskFile {
    let open = true;
    const opened = (): SimulatedFile => {
      assert(open, 'a file is not used after it is closed');
      return file;
    };
    const changeable = (): SimulatedFile => {
      if (!writable) throw systemError('EBADF', 'write', path);
      return opened();
    };
    return {
      write: async (chunks, position) => this.#write(path, changeable(), chunks, position),
      sync: async () => this.#sync(path, opened()),
      read: async (into, position) => this.#read(path, opened(), into, position),
      readNow: (into, position) => this.#readNow(path, opened(), into, position),
      truncate: async (length) => this.#truncate(path, changeable(), length),
      size: async () => Promise.resolve(opened().size),
      close: () => {
        if (open && !this.#dead) {
          file.handles--;
          if (file.handles === 0) this.#openFiles.delete(file);
          file.release();
        }
        open = false;
        return Promise.resolve();
      },
    };
  }

  #write(path: string, file: SimulatedFile, chunks: readonly Uint8Array[], position: number): Promise<void> {
    const total = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    // The bytes are taken when the write happens, so that a buffer reused too early shows.
    const cutOff = (): void => {
      this.#store(file, chunks, position, this.#options.random.integer(total + 1));
    };
    const done = (): void => {
      if (this.#store(file, chunks, position, total) < total) throw systemError('ENOSPC', 'write', path);
    };
    return this.#perform('write', path, { done, failed: cutOff, cutOff });
  }

  #store(file: SimulatedFile, chunks: readonly Uint8Array[], position: number, limit: number): number {
    let stored = 0;
    for (const chunk of chunks) {
      const part = chunk.subarray(0, limit - stored);
      const count = file.write(part, position + stored);
      stored += count;
      if (count < part.byteLength || stored === limit) break;
    }
    const { random, writeBackChance = 0.05 } = this.#options;
    for (let at = position; at < position + stored; at += pageBytes) {
      if (random.next() < writeBackChance) file.writeBack(at);
    }
    return stored;
  }

  #sync(path: string, file: SimulatedFile): Promise<void> {
    const sync: SyncInFlight = file.beginSync();
    return this.#perform('sync', path, {
      done: () => {
        file.finishSync(sync);
      },
      failed: () => {
        file.failSync(sync, this.#options.random);
      },
    });
  }

  #read(path: string, file: SimulatedFile, into: Uint8Array, position: number): Promise<number> {
    return this.#perform('read', path, { done: () => this.#readReadable(path, file, into, position) });
  }

  /** A slow disk, and one that is gone, has nothing in memory. */
  #readNow(path: string, file: SimulatedFile, into: Uint8Array, position: number): number | undefined {
    if (this.#dead || (this.#delaysMs.get('read') ?? 0) > 0) return undefined;
    return this.#readReadable(path, file, into, position);
  }

  #readReadable(path: string, file: SimulatedFile, into: Uint8Array, position: number): number {
    const end = position + into.byteLength;
    const bad = this.#unreadable.some(
      (range) => range.path === path && range.start < end && position < range.end,
    );
    if (bad) throw systemError('EIO', 'read', path);
    return file.read(into, position);
  }

  #truncate(path: string, file: SimulatedFile, length: number): Promise<void> {
    return this.#changeNames('truncate', path, () => {
      file.truncate(length);
    });
  }

  /** A change that the file system makes as a whole: cut off, it is made and not yet durable. */
  #changeNames(kind: OperationKind, path: string, done: () => void): Promise<void> {
    return this.#perform(kind, path, { done, cutOff: done });
  }

  async #perform<T>(kind: OperationKind, path: string, effect: Effect<T>): Promise<T> {
    if (this.#dead) return never();
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#options.onOperation?.(kind, path);
    const fault = this.#faultFor(kind, path);
    await this.#wait(kind);
    // The power may have gone while this operation was under way.
    if (this.#isDead()) return never();
    if (fault?.then === 'power-loss') {
      effect.cutOff?.();
      this.#stop();
      return never();
    }
    if (fault?.then === 'error') {
      effect.failed?.();
      throw systemError(fault.code, kind, path);
    }
    return effect.done();
  }

  #faultFor(kind: OperationKind, path: string): PlannedFault | undefined {
    let hit: PlannedFault | undefined;
    for (const fault of this.#faults) {
      const kindMatches = fault.kind === undefined ? changingOperations.has(kind) : fault.kind === kind;
      if (!kindMatches || !(fault.path?.(path) ?? true)) continue;
      fault.seen++;
      const again = fault.then === 'error' && fault.forGood && fault.seen > fault.nth;
      if (fault.seen === fault.nth || again) hit ??= fault;
    }
    return hit;
  }

  /** Operations under way finish in an order that the seed decides. */
  async #wait(kind: OperationKind): Promise<void> {
    const delayMs = this.#delaysMs.get(kind) ?? 0;
    if (delayMs > 0) {
      const { clock } = this.#options;
      assert(clock !== undefined, 'a slow disk has a clock');
      await new Promise<void>((resolve) => clock.after(delayMs, resolve));
    }
    const { random } = this.#options;
    // Now and then one is overtaken by many that were asked for later.
    const turnsMax = random.next() < 0.1 ? 40 : 3;
    for (let turns = random.integer(turnsMax); turns >= 0; turns--) await Promise.resolve();
  }

  #isDead(): boolean {
    return this.#dead;
  }

  #stop(): void {
    this.#dead = true;
    this.#announceStop();
  }
}

/** What a dead process gets to see of its operations. */
function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
