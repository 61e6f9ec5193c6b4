/**
 * The disk as a port, so that a simulated one can fail, tear, reorder and lose power on command. Paths are
 * absolute. Every promise rejects with the system's error (`ENOSPC`, `EIO`, …) untranslated.
 */

/** How a file is opened. `create` makes a new file (mode 0600) and fails when it exists. */
export type OpenMode = 'read' | 'read-write' | 'create';

/** One open file. */
export interface DiskFile {
  /** Writes all of `chunks`, one after another, from `position`; loops on short writes. */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** `fdatasync`: resolves when everything written before the call is on stable storage. */
  sync(): Promise<void>;
  /** Reads up to `into.length` bytes from `position`; gives the count, short only at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /**
   * Reads as `read` does, but on the calling thread: for a few bytes that the system most likely has in memory. It
   * throws what `read` would reject with; undefined: not to be had without waiting.
   */
  readNow(into: Uint8Array, position: number): number | undefined;
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** A file system, as far as the journal needs one. */
export interface Disk {
  open(path: string, mode: OpenMode): Promise<DiskFile>;
  /** Names in a directory, sorted; an absent directory is empty. */
  list(directory: string): Promise<string[]>;
  /** Makes a directory (mode 0700) and its parents, durably; one that exists is left as it is. */
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Makes earlier creations, renames and unlinks in `directory` durable. */
  syncDirectory(directory: string): Promise<void>;
  /** Bytes this process may still use, and the size of the file system that holds `path`. */
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}
