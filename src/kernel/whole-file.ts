/**
 * Files that appear whole: temporary name, write, sync, rename, sync of the directory. Invariant: whoever
 * opens the final name finds all of one version or all of the one before, at any crash.
 */
import { join } from 'node:path';
import type { Disk } from './disk.js';
import { SluiceError } from './errors.js';

/** Replaces `directory/name` by `content`. Rejects with the system's error; the old content then stays. */
export async function writeWhole(
  disk: Disk,
  directory: string,
  name: string,
  content: Uint8Array,
): Promise<void> {
  const temporary = join(directory, `${name}.new`);
  if ((await disk.list(directory)).includes(`${name}.new`)) await disk.unlink(temporary);
  const file = await disk.open(temporary, 'create');
  try {
    await file.write([content], 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, join(directory, name));
  await disk.syncDirectory(directory);
}

/** Reads all of a file. Rejects with `config-invalid` when it is larger than `bytesMax`. */
export async function readWhole(disk: Disk, path: string, bytesMax: number): Promise<Buffer> {
  const file = await disk.open(path, 'read');
  try {
    const size = await file.size();
    if (size > bytesMax) {
      throw new SluiceError('config-invalid', `${path} has ${size} bytes; at most ${bytesMax} are read`);
    }
    const content = Buffer.alloc(size);
    const count = await file.read(content, 0);
    return content.subarray(0, count);
  } finally {
    await file.close();
  }
}
