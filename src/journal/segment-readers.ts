/**
 * Open files for reading segments, a bounded number of them. A segment that is forgotten is closed only when
 * no read of it is under way, so its file can then be reused safely.
 */
import type { Disk, DiskFile } from '../kernel/index.js';

const openFilesMax = 64;

interface Reader {
  readonly file: Promise<DiskFile>;
  /** The file, once it is open. */
  opened: DiskFile | undefined;
  reads: number;
  whenIdle: (() => void)[];
}

export class SegmentReaders {
  readonly #disk: Disk;
  /** In order of use: the first was used longest ago. */
  readonly #readers = new Map<number, Reader>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Fills `into` from `position` of a segment's file; gives the count, short only at the file's end. */
  async read(number: number, path: string, into: Uint8Array, position: number): Promise<number> {
    const reader = this.#reader(number, path);
    reader.reads++;
    try {
      return await (await reader.file).read(into, position);
    } finally {
      reader.reads--;
      if (reader.reads === 0) for (const wake of reader.whenIdle.splice(0)) wake();
    }
  }

  /** Reads on the calling thread; undefined when that would mean waiting, at least for the file to open. */
  readNow(number: number, path: string, into: Uint8Array, position: number): number | undefined {
    return this.#reader(number, path).opened?.readNow(into, position);
  }

  /** Closes a segment's file once the reads under way have ended. */
  async forget(number: number): Promise<void> {
    const reader = this.#readers.get(number);
    if (reader === undefined) return;
    this.#readers.delete(number);
    await close(reader);
  }

  async close(): Promise<void> {
    for (const number of [...this.#readers.keys()]) await this.forget(number);
  }

  #reader(number: number, path: string): Reader {
    let reader = this.#readers.get(number);
    if (reader === undefined) {
      const opening: Reader = {
        file: this.#disk.open(path, 'read'),
        opened: undefined,
        reads: 0,
        whenIdle: [],
      };
      opening.file.then(
        (file) => (opening.opened = file),
        () => this.#readers.delete(number),
      );
      reader = opening;
      this.#closeOldest();
    } else {
      this.#readers.delete(number);
    }
    this.#readers.set(number, reader);
    return reader;
  }

  #closeOldest(): void {
    if (this.#readers.size < openFilesMax) return;
    for (const [number, reader] of this.#readers) {
      if (reader.reads > 0) continue;
      this.#readers.delete(number);
      void close(reader);
      return;
    }
  }
}

async function close(reader: Reader): Promise<void> {
  while (reader.reads > 0) {
    await new Promise<void>((resolve) => {
      reader.whenIdle.push(resolve);
    });
  }
  try {
    await (await reader.file).close();
  } catch {
    // A file that was never opened has nothing to close.
  }
}
