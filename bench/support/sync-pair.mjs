/**
 * The floor of every durable step: an asynchronous write and `fdatasync` of one message, into a file that grows or into
 * one whose blocks were written before.
 */
import { closeSync, fdatasync, fsyncSync, openSync, rmSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);

/** `once()` does one pair; `isWrittenBefore` needs to know how many there will be (`samples`). */
export function syncPair({ directory, body, samples, isWrittenBefore }) {
  const path = join(directory, `sync-pair-${process.pid}-${isWrittenBefore}`);
  const file = openSync(path, 'wx+', 0o600);
  if (isWrittenBefore) {
    writeSync(file, Buffer.alloc(samples * body.length), 0);
    fsyncSync(file);
  }
  let position = 0;
  return {
    async once() {
      await writeAsync(file, body, 0, body.length, position);
      position += body.length;
      await syncAsync(file);
    },
    end() {
      closeSync(file);
      rmSync(path);
    },
  };
}
