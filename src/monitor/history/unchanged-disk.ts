/**
 * A disk that is only looked at: what would change it is taken for done, and is not. Invariant: no file, name or
 * directory beneath is ever written, so that history can be read where nobody may go on with it.
 */
import type { Disk, DiskFile } from '../../kernel/index.js';

const nothing = (): Promise<void> => Promise.resolve();

/** Reads of `disk`, and writes into nothing. */
export function unchangedDisk(disk: Disk): Disk {
  return {
    open: async (path, mode) => (mode === 'create' ? sink : unchanged(await disk.open(path, 'read'))),
    list: (directory) => disk.list(directory),
    space: (path) => disk.space(path),
    ...{ makeDirectory: nothing, rename: nothing, unlink: nothing },
    ...{ removeDirectory: nothing, syncDirectory: nothing },
  };
}

function unchanged(file: DiskFile): DiskFile {
  return {
    read: (into, position) => file.read(into, position),
    readNow: (into, position) => file.readNow(into, position),
    size: () => file.size(),
    close: () => file.close(),
    ...{ write: nothing, sync: nothing, truncate: nothing },
  };
}

/** A file that keeps nothing. */
const sink: DiskFile = {
  read: () => Promise.resolve(0),
  readNow: () => 0,
  size: () => Promise.resolve(0),
  ...{ write: nothing, sync: nothing, truncate: nothing, close: nothing },
};
