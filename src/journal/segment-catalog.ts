/**
 * Which segments exist. The numbers only grow and a number is never given twice to different records: the
 * highest is the one being prepared or appended to.
 */
import { SluiceError, type Disk } from '../kernel/index.js';
import { segmentNumberOf, segmentPath, type DirectoryLayout } from './directory-layout.js';
import { decodeSegmentHeader, segmentHeaderBytes, type SegmentHeader } from './segment-header.js';

export interface SegmentEntry extends SegmentHeader {
  readonly path: string;
  /** Length of the file: where its last record may end. */
  readonly bytes: number;
}

export class SegmentCatalog {
  readonly #entries = new Map<number, SegmentEntry>();

  get(number: number): SegmentEntry | undefined {
    return this.#entries.get(number);
  }

  set(entry: SegmentEntry): void {
    this.#entries.set(entry.number, entry);
  }

  delete(number: number): void {
    this.#entries.delete(number);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** All segments, by number. */
  list(): SegmentEntry[] {
    return [...this.#entries.values()].sort((left, right) => left.number - right.number);
  }

  /** Bytes that the segments' records may take on the disk. */
  get bytes(): number {
    let sum = 0;
    for (const entry of this.#entries.values()) sum += storedBytes(entry);
    return sum;
  }
}

/** Bytes a segment takes on the disk: a compacted one has holes. */
export function storedBytes(entry: SegmentEntry): number {
  return entry.compacted ? entry.keptBytes + segmentHeaderBytes : entry.bytes;
}

/** What the header of one segment file says. */
export type SegmentProbe =
  | { readonly kind: 'segment'; readonly entry: SegmentEntry }
  | { readonly kind: 'damaged'; readonly number: number; readonly path: string; readonly bytes: number };

/** Reads the header of each segment file. Rejects with `format-newer` when one is from a later release. */
export async function probeSegments(disk: Disk, layout: DirectoryLayout): Promise<SegmentProbe[]> {
  const probes: SegmentProbe[] = [];
  for (const name of await disk.list(layout.segments)) {
    const number = segmentNumberOf(name);
    if (number !== undefined) probes.push(await probeSegment(disk, segmentPath(layout, number), number));
  }
  return probes;
}

async function probeSegment(disk: Disk, path: string, number: number): Promise<SegmentProbe> {
  const file = await disk.open(path, 'read');
  try {
    const page = Buffer.alloc(segmentHeaderBytes);
    const filled = await file.read(page, 0);
    const bytes = await file.size();
    const decoded = decodeSegmentHeader(page.subarray(0, filled));
    if (decoded.kind === 'newer') throw newerFormat(path, decoded.version);
    if (decoded.kind === 'damaged' || decoded.header.number !== number) {
      return { kind: 'damaged', number, path, bytes };
    }
    return { kind: 'segment', entry: { ...decoded.header, path, bytes } };
  } finally {
    await file.close();
  }
}

/** The refusal of a file that a later release has written. */
export function newerFormat(path: string, version: number): SluiceError {
  return new SluiceError(
    'format-newer',
    `${path} has format version ${version}, which needs a newer release of Sluice`,
    { details: { path, version } },
  );
}
