/**
 * A disk in memory that never fails and can be copied in no time: the image of a directory after a stop, to be damaged
 * in many ways. Invariant: a copy shares bytes with its original until one of them writes.
 */
import type { Disk, DiskFile, OpenMode, SimulatedDisk } from '../../src/kernel/index.js';

interface StoredFile {
  bytes: Buffer;
  /** Others may hold the same bytes: copy before writing. */
  isShared: boolean;
}

function noEntry(path: string): Error {
  return Object.assign(new Error(`ENOENT: '${path}'`), { code: 'ENOENT', path });
}

export class MemoryDisk implements Disk {
  readonly #files: Map<string, StoredFile>;
  readonly #directories: Set<string>;

  constructor(files = new Map<string, StoredFile>(), directories = new Set<string>()) {
    this.#files = files;
    this.#directories = directories;
  }

  /** The files of another disk below `directory`, as programs see them. */
  static async of(disk: SimulatedDisk, directory: string): Promise<MemoryDisk> {
    const copy = new MemoryDisk();
    await copy.#take(disk, directory);
    return copy;
  }

  async #take(disk: SimulatedDisk, path: string): Promise<void> {
    await this.makeDirectory(path);
    for (const name of await disk.list(path)) {
      const below = `${path}/${name}`;
      try {
        this.#files.set(below, { bytes: disk.contentOf(below), isShared: false });
      } catch {
        await this.#take(disk, below);
      }
    }
  }

  copy(): MemoryDisk {
    const files = new Map<string, StoredFile>();
    for (const [path, file] of this.#files) {
      file.isShared = true;
      files.set(path, { bytes: file.bytes, isShared: true });
    }
    return new MemoryDisk(files, new Set(this.#directories));
  }

  /** Every file, with its size in bytes. */
  sizes(): [path: string, bytes: number][] {
    return [...this.#files].map(([path, { bytes }]) => [path, bytes.length]);
  }

  contentOf(path: string): Buffer {
    return this.#file(path).bytes;
  }

  /** Replaces a whole file. */
  put(path: string, bytes: Buffer): void {
    this.#files.set(path, { bytes, isShared: true });
  }

  flipBit(path: string, bit: number): void {
    const file = this.#writable(path);
    file.bytes[bit >> 3]! ^= 1 << (bit & 7);
  }

  #file(path: string): StoredFile {
    const file = this.#files.get(path);
    if (file === undefined) throw noEntry(path);
    return file;
  }

  #writable(path: string, bytesMin = 0): StoredFile {
    const file = this.#file(path);
    if (file.bytes.length < bytesMin) {
      const larger = Buffer.alloc(bytesMin);
      file.bytes.copy(larger);
      file.bytes = larger;
    } else if (file.isShared) {
      file.bytes = Buffer.from(file.bytes);
    }
    file.isShared = false;
    return file;
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    if (mode === 'create') this.#files.set(path, { bytes: Buffer.alloc(0), isShared: false });
    if (!this.#files.has(path)) return Promise.reject(noEntry(path));
    const read = (into: Uint8Array, position: number): number => {
      const { bytes } = this.#file(path);
      return bytes.copy(into, 0, position, position + into.length);
    };
    return Promise.resolve({
      write: (chunks, position) => {
        let at = position;
        for (const chunk of chunks) {
          this.#writable(path, at + chunk.length).bytes.set(chunk, at);
          at += chunk.length;
        }
        return Promise.resolve();
      },
      sync: () => Promise.resolve(),
      read: (into, position) => Promise.resolve(read(into, position)),
      readNow: read,
      truncate: (length) => {
        const bytes = Buffer.alloc(length);
        this.#file(path).bytes.copy(bytes);
        this.put(path, bytes);
        return Promise.resolve();
      },
      size: () => Promise.resolve(this.#file(path).bytes.length),
      close: () => Promise.resolve(),
    });
  }

  list(directory: string): Promise<string[]> {
    const names = new Set<string>();
    for (const path of [...this.#files.keys(), ...this.#directories]) {
      if (path.startsWith(`${directory}/`)) names.add(path.slice(directory.length + 1).split('/')[0]!);
    }
    return Promise.resolve([...names].sort());
  }

  makeDirectory(path: string): Promise<void> {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) this.#directories.add(at);
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    for (const path of [...this.#directories]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#directories.delete(path);
      this.#directories.add(to + path.slice(from.length));
    }
    for (const [path, file] of [...this.#files]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#files.delete(path);
      this.#files.set(to + path.slice(from.length), file);
    }
    return Promise.resolve();
  }

  unlink(path: string): Promise<void> {
    if (!this.#files.delete(path)) return Promise.reject(noEntry(path));
    return Promise.resolve();
  }

  removeDirectory(path: string): Promise<void> {
    this.#directories.delete(path);
    return Promise.resolve();
  }

  syncDirectory(): Promise<void> {
    return Promise.resolve();
  }

  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    return Promise.resolve({ freeBytes: 2 ** 40, totalBytes: 2 ** 41 });
  }
}
