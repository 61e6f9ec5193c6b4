/** Files that appear whole or not at all: temporary name, write, sync, rename, sync the directory. */
import { dirname } from 'node:path';
import { systemCodeOf, type Disk, type DiskFile } from '../kernel/index.js';

/** Runs `write` on a new file and gives it the name `path` once it is on stable storage. */
export async function writeWholeFile(
  disk: Disk,
  path: string,
  write: (file: DiskFile) => Promise<void>,
): Promise<void> {
  const unfinished = `${path}.tmp`;
  await unlinkIfPresent(disk, unfinished);
  const file = await disk.open(unfinished, 'create');
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(unfinished, path);
  await disk.syncDirectory(dirname(path));
}

/** Removes a file that may be absent. */
export async function unlinkIfPresent(disk: Disk, path: string): Promise<void> {
  try {
    await disk.unlink(path);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** Writes `[from, to)` of an open file again where it stands. */
export async function rewriteBytes(file: DiskFile, from: number, to: number): Promise<void> {
  const chunk = Buffer.alloc(Math.min(1024 * 1024, to - from));
  for (let at = from; at < to;) {
    const piece = chunk.subarray(0, Math.min(chunk.length, to - at));
    const count = await file.read(piece, at);
    if (count === 0) return;
    await file.write([piece.subarray(0, count)], at);
    at += count;
  }
}

/** Copies `[from, to)` of an open file behind each other into `target`, from its start. */
export async function copyBytes(source: DiskFile, target: DiskFile, from: number, to: number): Promise<void> {
  const chunk = Buffer.alloc(Math.min(1024 * 1024, to - from));
  for (let at = from; at < to;) {
    const piece = chunk.subarray(0, Math.min(chunk.length, to - at));
    const count = await source.read(piece, at);
    if (count === 0) return;
    await target.write([piece.subarray(0, count)], at - from);
    at += count;
  }
}
