/**
 * Makes segment files: header and preallocated space under a temporary name, synced, then renamed into
 * place. A file under its final name is therefore whole. Appending to what was filled needs no further space,
 * and a batch's sync is cheaper there: 0.17 ms instead of 0.38 ms for 1 KiB, for no metadata changes. Filling
 * writes every byte twice, though: at full load it costs a third of the bandwidth.
 */
import type { Clock, Disk, DiskFile } from '../kernel/index.js';
import { segmentPath, unfinishedPath, type DirectoryLayout } from './directory-layout.js';
import type { SegmentEntry } from './segment-catalog.js';
import { encodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.js';

/** Zeros for preallocation and for padding batches; never written to. */
export const zeros: Uint8Array = new Uint8Array(1024 * 1024);

/**
 * Preallocation is synced this often, so that a batch's sync never waits behind a whole segment of zeros.
 */
const syncEveryBytes = 8 * 1024 * 1024;

export interface BuilderPorts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly layout: DirectoryLayout;
}

export interface BuiltSegment {
  readonly entry: SegmentEntry;
  readonly file: DiskFile;
}

/**
 * Makes a segment of `bytes`, filled with zeros until `isUrgent` says that there is no time: the rest is then
 * a hole. Rejects with the system's error, leaving nothing behind.
 */
export async function buildSegment(
  ports: BuilderPorts,
  number: number,
  epoch: number,
  bytes: number,
  isUrgent: () => boolean,
): Promise<BuiltSegment> {
  const path = unfinishedPath(ports.layout, 'new', number);
  const file = await ports.disk.open(path, 'create');
  try {
    const header = freshHeader(ports, number, epoch, false);
    await file.write([encodeSegmentHeader(header)], 0);
    await fill(file, segmentHeaderBytes, bytes, isUrgent);
    await file.sync();
    return await putInPlace(ports, file, path, header, bytes);
  } catch (error) {
    await discard(ports.disk, file, path);
    throw error;
  }
}

/** Gives a dead segment's file a new number and epoch; its old records are then invalid. */
export async function rebuildSegment(
  ports: BuilderPorts,
  dead: { readonly path: string; readonly bytes: number },
  number: number,
  epoch: number,
): Promise<BuiltSegment> {
  const file = await ports.disk.open(dead.path, 'read-write');
  try {
    const header = freshHeader(ports, number, epoch, true);
    await file.write([encodeSegmentHeader(header)], 0);
    await file.sync();
    return await putInPlace(ports, file, dead.path, header, dead.bytes);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function freshHeader(ports: BuilderPorts, number: number, epoch: number, recycled: boolean): SegmentHeader {
  return { number, epoch, compacted: false, recycled, keptBytes: 0, madeAtMs: ports.clock.now() };
}

async function fill(file: DiskFile, from: number, to: number, isUrgent: () => boolean): Promise<void> {
  let unsynced = 0;
  for (let at = from; at < to; at += zeros.length) {
    if (isUrgent()) {
      await file.truncate(to);
      return;
    }
    const length = Math.min(zeros.length, to - at);
    await file.write([zeros.subarray(0, length)], at);
    unsynced += length;
    if (unsynced < syncEveryBytes) continue;
    await file.sync();
    unsynced = 0;
  }
}

async function putInPlace(
  ports: BuilderPorts,
  file: DiskFile,
  from: string,
  header: SegmentHeader,
  bytes: number,
): Promise<BuiltSegment> {
  const path = segmentPath(ports.layout, header.number);
  await ports.disk.rename(from, path);
  await ports.disk.syncDirectory(ports.layout.segments);
  return { entry: { ...header, path, bytes }, file };
}

/** Removes an unfinished file as far as possible; the error that led here matters more than one from this. */
async function discard(disk: Disk, file: DiskFile, path: string): Promise<void> {
  try {
    await file.close();
    await disk.unlink(path);
  } catch {
    // The next start removes unfinished files.
  }
}
