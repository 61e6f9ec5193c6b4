/**
 * The operating system's disk. One call of this port is one or a few system calls on Node's thread pool;
 * nothing is retried and no error is translated, so a failed sync reaches the caller as it happened.
 */
import * as fs from 'node:fs';
import { mkdir, readdir, rename, rmdir, statfs, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { assert } from './assert.js';
import type { Disk, DiskFile, OpenMode } from './disk.js';

const fileMode = 0o600;
const directoryMode = 0o700;

const openFlags: Readonly<Record<OpenMode, number>> = {
  read: fs.constants.O_RDONLY,
  'read-write': fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL,
};

/** The disk of this machine. */
export function systemDisk(): Disk {
  return {
    open: async (path, mode) => new SystemFile(await openDescriptor(path, openFlags[mode])),
    list,
    makeDirectory,
    rename,
    unlink,
    removeDirectory: rmdir,
    syncDirectory,
    async space(path) {
      const found = await statfs(path);
      return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
    },
  };
}

/** Descriptors with callbacks rather than `FileHandle`: no finalizer, and half the overhead of a call. */
class SystemFile implements DiskFile {
  #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    let rest = chunks.filter((chunk) => chunk.byteLength > 0);
    let at = position;
    while (rest.length > 0) {
      const written = await this.#writeSome(rest, at);
      if (written === 0) throw shortWrite();
      at += written;
      rest = after(rest, written);
    }
  }

  sync(): Promise<void> {
    return this.#call((descriptor, done) => {
      fs.fdatasync(descriptor, done);
    });
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.byteLength) {
      const count = await this.#readSome(into, filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  readNow(into: Uint8Array, position: number): number {
    const descriptor = this.#opened();
    let filled = 0;
    while (filled < into.byteLength) {
      const count = fs.readSync(descriptor, into, filled, into.byteLength - filled, position + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  truncate(length: number): Promise<void> {
    return this.#call((descriptor, done) => {
      fs.ftruncate(descriptor, length, done);
    });
  }

  size(): Promise<number> {
    const descriptor = this.#opened();
    return new Promise((succeed, fail) => {
      fs.fstat(descriptor, (error, found) => {
        if (error === null) succeed(found.size);
        else fail(error);
      });
    });
  }

  async close(): Promise<void> {
    if (this.#descriptor === -1) return;
    const descriptor = this.#descriptor;
    this.#descriptor = -1;
    await settle((done) => {
      fs.close(descriptor, done);
    });
  }

  #writeSome(chunks: readonly Uint8Array[], position: number): Promise<number> {
    const descriptor = this.#opened();
    return new Promise((succeed, fail) => {
      const done = (error: Error | null, written: number): void => {
        if (error === null) succeed(written);
        else fail(error);
      };
      if (chunks.length === 1) fs.write(descriptor, chunks[0]!, 0, chunks[0]!.byteLength, position, done);
      else fs.writev(descriptor, chunks, position, done);
    });
  }

  #readSome(into: Uint8Array, offset: number, position: number): Promise<number> {
    const descriptor = this.#opened();
    return new Promise((succeed, fail) => {
      fs.read(descriptor, into, offset, into.byteLength - offset, position, (error, count) => {
        if (error === null) succeed(count);
        else fail(error);
      });
    });
  }

  async #call(start: (descriptor: number, done: fs.NoParamCallback) => void): Promise<void> {
    const descriptor = this.#opened();
    await settle((done) => {
      start(descriptor, done);
    });
  }

  /** A closed descriptor's number may already name another file: using it would corrupt that one. */
  #opened(): number {
    assert(this.#descriptor !== -1, 'a file is not used after it is closed');
    return this.#descriptor;
  }
}

function openDescriptor(path: string, flags: number): Promise<number> {
  return new Promise((succeed, fail) => {
    fs.open(path, flags, fileMode, (error, descriptor) => {
      if (error === null) succeed(descriptor);
      else fail(error);
    });
  });
}

function settle(start: (done: fs.NoParamCallback) => void): Promise<void> {
  return new Promise((succeed, fail) => {
    start((error) => {
      if (error === null) succeed();
      else fail(error);
    });
  });
}

/** What is left of `chunks` after their first `written` bytes. */
function after(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  let skipped = 0;
  let index = 0;
  while (index < chunks.length && skipped + chunks[index]!.byteLength <= written) {
    skipped += chunks[index]!.byteLength;
    index++;
  }
  const rest = chunks.slice(index);
  if (rest.length > 0) rest[0] = rest[0]!.subarray(written - skipped);
  return rest;
}

function shortWrite(): Error {
  return Object.assign(new Error('EIO: the system accepted no bytes, write'), {
    code: 'EIO',
    syscall: 'write',
  });
}

async function list(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Each new directory is made durable in its parent: a forgotten one would take its files along. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: directoryMode });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let made = resolve(path); made !== top; made = dirname(made)) await syncDirectory(dirname(made));
}

async function syncDirectory(directory: string): Promise<void> {
  const descriptor = await openDescriptor(directory, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  const file = new SystemFile(descriptor);
  try {
    await settle((done) => {
      fs.fsync(descriptor, done);
    });
  } finally {
    await file.close();
  }
}
