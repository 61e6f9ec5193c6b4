/**
 * The files of one resolution, oldest first. Invariant: a file into which a write or a sync has failed is never written
 * again; the next block begins another.
 */
import { join } from 'node:path';
import type { Disk } from '../../kernel/index.js';
import type { BlockHeader } from './block.js';
import { HistoryFile } from './history-file.js';
import { fileSeconds, type Resolution } from './resolution.js';

/** What was found when a tier was opened. */
export interface TierOpening {
  readonly cutBytes: number;
  /** Files that could not be opened; they stay where they are. */
  readonly unreadable: readonly string[];
}

export class Tier {
  readonly resolution: Resolution;
  readonly #disk: Disk;
  readonly #directory: string;
  #files: HistoryFile[] = [];
  /** Files that hold more than one block and get no more. */
  #unmerged: HistoryFile[] = [];
  #current: HistoryFile | undefined;
  /** The newest file of an earlier run; it is gone on with while it spans the time. */
  #resumable: HistoryFile | undefined;
  #currentSpan = NaN;
  #serial = 0;
  /** Files given up before their time, to keep the budget. */
  droppedFiles = 0;

  constructor(disk: Disk, directory: string, resolution: Resolution) {
    this.#disk = disk;
    this.#directory = directory;
    this.resolution = resolution;
  }

  async open(): Promise<TierOpening> {
    const names = await this.#disk.list(this.#directory);
    const own = names.filter((name) => name.startsWith(`${this.resolution.name}-`));
    let cutBytes = 0;
    const unreadable: string[] = [];
    for (const name of own) {
      const path = join(this.#directory, name);
      if (name.endsWith('.tmp')) {
        await this.#disk.unlink(path);
        continue;
      }
      this.#serial = Math.max(this.#serial, serialOf(name));
      try {
        const opened = await HistoryFile.open(this.#disk, path);
        cutBytes += opened.cutBytes;
        await this.#keep(opened.file);
      } catch {
        unreadable.push(name);
      }
    }
    return { cutBytes, unreadable };
  }

  get files(): readonly HistoryFile[] {
    return this.#files;
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** From when on it holds points, Unix seconds; Infinity: it holds none. */
  get startSecond(): number {
    return this.#files.reduce(
      (start, { blocks }) => Math.min(start, blocks[0]?.startSecond ?? start),
      Infinity,
    );
  }

  get damagedReads(): number {
    return this.#files.reduce((sum, { damagedReads }) => sum + damagedReads, 0);
  }

  /** Writes a block. Rejects with the system's error; the block is lost then, and the next begins a file. */
  async append(header: BlockHeader, payload: Uint8Array, table: Buffer): Promise<void> {
    const span = Math.floor(header.startSecond / fileSeconds(this.resolution));
    if (this.#current === undefined || span !== this.#currentSpan)
      await this.#begin(header.startSecond, span);
    try {
      await this.#current!.append(header, payload, table);
    } catch (problem) {
      this.#abandon();
      throw problem;
    }
  }

  /** Rejects with the system's error; what was written since the last sync may be lost then. */
  async sync(): Promise<void> {
    try {
      await this.#current?.sync();
    } catch (problem) {
      this.#abandon();
      throw problem;
    }
  }

  /** Removes files whose last point ends before `second`. */
  async expire(second: number): Promise<void> {
    for (const file of [...this.#files]) {
      if (file !== this.#current && (file.endSecond ?? 0) <= second) await this.#remove(file);
    }
  }

  /** Gives up the oldest file that is complete; false: there is none. */
  async dropOldest(): Promise<boolean> {
    const oldest = this.#files.find((file) => file !== this.#current);
    if (oldest === undefined) return false;
    this.droppedFiles++;
    await this.#remove(oldest);
    return true;
  }

  /** The next complete file that is to be merged to one block. */
  nextUnmerged(): HistoryFile | undefined {
    return this.#unmerged.shift();
  }

  /** Puts a file in the place of the one that it was merged from, under the same name. */
  async replace(old: HistoryFile, merged: HistoryFile): Promise<void> {
    const index = this.#files.indexOf(old);
    await this.#disk.rename(merged.path, old.path);
    await this.#disk.syncDirectory(this.#directory);
    merged.path = old.path;
    this.#files[index] = merged;
    await old.close();
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
    this.#files = [];
    this.#current = undefined;
  }

  async #keep(file: HistoryFile): Promise<void> {
    if (file.blocks.length === 0) return this.#remove(file);
    this.#files.push(file);
    this.#resumable = file;
    if (file.blocks.length > 1) this.#unmerged.push(file);
  }

  /** Goes on with a file of an earlier run that spans the time, or begins one. */
  async #begin(startSecond: number, span: number): Promise<void> {
    if (this.#current !== undefined && this.#current.blocks.length > 1) this.#unmerged.push(this.#current);
    this.#current = undefined;
    this.#current = this.#resume(span) ?? (await this.#create(startSecond));
    this.#currentSpan = span;
  }

  #resume(span: number): HistoryFile | undefined {
    const file = this.#resumable;
    this.#resumable = undefined;
    if (file === undefined || !this.#files.includes(file)) return undefined;
    if (Math.floor(file.blocks[0]!.startSecond / fileSeconds(this.resolution)) !== span) return undefined;
    this.#unmerged = this.#unmerged.filter((other) => other !== file);
    return file;
  }

  async #create(startSecond: number): Promise<HistoryFile> {
    const start = String(Math.floor(startSecond)).padStart(12, '0');
    const serial = String(++this.#serial).padStart(6, '0');
    const path = join(this.#directory, `${this.resolution.name}-${start}-${serial}.history`);
    const file = await HistoryFile.create(this.#disk, path);
    this.#files.push(file);
    await this.#disk.syncDirectory(this.#directory);
    return file;
  }

  #abandon(): void {
    this.#current = undefined;
  }

  async #remove(file: HistoryFile): Promise<void> {
    this.#files = this.#files.filter((other) => other !== file);
    this.#unmerged = this.#unmerged.filter((other) => other !== file);
    await file.close();
    await this.#disk.unlink(file.path);
  }
}

function serialOf(name: string): number {
  return Number(/-(\d+)\.history$/.exec(name)?.[1] ?? 0);
}
