/**
 * The `state` file of a snapshot: the caller's chunks one after another, each with its length before it.
 *
 * ```
 * offset size  field (little-endian)
 *      0    4  length of the chunk
 *      4    …  chunk
 * ```
 */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { assert, SluiceError, type Disk, type DiskFile } from '../kernel/index.js';
import type { ManifestFile } from './snapshot-manifest.js';

export const stateFileName = 'state';
export const chunkBytesMax = 16 * 1024 * 1024;
/** Written bytes are synced this often, so that a batch's sync never waits behind a whole snapshot. */
const syncEveryBytes = 8 * 1024 * 1024;
/** Hashing this much takes about a millisecond. */
const hashSliceBytes = 1024 * 1024;

/** Writes chunks and hashes them on the way. */
export class StateFileWriter {
  readonly #file: DiskFile;
  readonly #hash: Hash = createHash('sha256');
  #bytes = 0;
  #unsynced = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    assert(chunk.length <= chunkBytesMax, 'a snapshot chunk is at most 16 MiB');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(chunk.length);
    this.#hash.update(length);
    for (let at = 0; at < chunk.length; at += hashSliceBytes) {
      if (at > 0) await setImmediate();
      this.#hash.update(chunk.subarray(at, at + hashSliceBytes));
    }
    await this.#file.write([length, chunk], this.#bytes);
    this.#bytes += length.length + chunk.length;
    this.#unsynced += chunk.length;
    if (this.#unsynced < syncEveryBytes) return;
    this.#unsynced = 0;
    await this.#file.sync();
  }

  async finish(): Promise<ManifestFile> {
    await this.#file.sync();
    return { name: stateFileName, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}

/** True when the file is exactly what the manifest says. Yields to the event loop after each slice. */
export async function verifyFile(disk: Disk, path: string, expected: ManifestFile): Promise<boolean> {
  const file = await disk.open(path, 'read');
  try {
    if ((await file.size()) !== expected.bytes) return false;
    const hash = createHash('sha256');
    const slice = Buffer.alloc(Math.min(hashSliceBytes, expected.bytes));
    for (let at = 0; at < expected.bytes;) {
      const count = await file.read(slice, at);
      if (count === 0) return false;
      hash.update(slice.subarray(0, count));
      at += count;
    }
    return hash.digest('hex') === expected.sha256;
  } finally {
    await file.close();
  }
}

/** Gives the chunks of a verified file, each in a buffer of its own. */
export async function* readChunks(disk: Disk, path: string, bytes: number): AsyncGenerator<Uint8Array> {
  const file = await disk.open(path, 'read');
  try {
    const lengthBytes = Buffer.alloc(4);
    for (let at = 0; at < bytes;) {
      await file.read(lengthBytes, at);
      const length = lengthBytes.readUInt32LE(0);
      if (length > Math.min(chunkBytesMax, bytes - at - 4)) throw changedSinceVerified(path, at);
      const chunk = Buffer.allocUnsafeSlow(length);
      if ((await file.read(chunk, at + 4)) !== length) throw changedSinceVerified(path, at);
      yield chunk;
      at += 4 + length;
    }
  } finally {
    await file.close();
  }
}

function changedSinceVerified(path: string, offset: number): SluiceError {
  return new SluiceError('journal-damaged', `${path} changed after it was verified, at byte ${offset}`, {
    details: { path, offset },
  });
}
