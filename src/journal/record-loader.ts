/**
 * Reads records back from their segments, a block at a time, and verifies each before it can be seen. A few
 * reads run at once, so that syncs find a free thread; requests that one read can serve share it.
 */
import { SluiceError } from '../kernel/index.js';
import { BlockCache, granuleBytes, type LoadedBlock } from './block-cache.js';
import { payloadBytesMax } from './contract.js';
import { diskError } from './disk-errors.js';
import { checkRecord, frameBytes, recordHeaderBytes } from './record-frame.js';
import type { SegmentCatalog, SegmentEntry } from './segment-catalog.js';
import type { SegmentReaders } from './segment-readers.js';

const readsMax = 2;

type WhenLoaded = (error?: SluiceError) => void;

/** What is read for a record whose successors are not wanted, at first. */
const singleBytes = 4 * 1024;

interface LoadRequest {
  readonly single: boolean;
  readonly segment: number;
  readonly offset: number;
  readonly whenLoaded: WhenLoaded;
}

/** Requests for one read; those further on in the block may be served by it too. */
interface Load {
  readonly segment: number;
  readonly offset: number;
  /** To read at first. */
  readonly bytes: number;
  readonly requests: LoadRequest[];
}

export class RecordLoader {
  readonly #catalog: SegmentCatalog;
  readonly #readers: SegmentReaders;
  readonly #cache: BlockCache;
  readonly #waiting: Load[] = [];
  readonly #running = new Set<Load>();
  loads = 0;

  constructor(catalog: SegmentCatalog, readers: SegmentReaders, cache: BlockCache) {
    this.#catalog = catalog;
    this.#readers = readers;
    this.#cache = cache;
  }

  load(segment: number, offset: number, whenLoaded: WhenLoaded, single = false): void {
    const request = { segment, offset, whenLoaded, single };
    for (const load of this.#running) if (covers(load, request)) return void load.requests.push(request);
    for (const load of this.#waiting) if (covers(load, request)) return void load.requests.push(request);
    this.#waiting.push({ segment, offset, bytes: single ? singleBytes : granuleBytes, requests: [request] });
    this.#next();
  }

  #next(): void {
    while (this.#running.size < readsMax) {
      const load = this.#waiting.shift();
      if (load === undefined) return;
      this.#running.add(load);
      void this.#run(load);
    }
  }

  async #run(load: Load): Promise<void> {
    let failure: SluiceError | undefined;
    try {
      this.#cache.add(await this.#read(load.segment, load.offset, load.bytes));
    } catch (error) {
      failure = diskError(`segment ${load.segment} cannot be read`, error);
    }
    this.#running.delete(load);
    for (const request of load.requests) this.#answer(load, request, failure);
    this.#next();
  }

  /** The error belongs to the record that was read for; others may still be readable by themselves. */
  #answer(load: Load, request: LoadRequest, failure: SluiceError | undefined): void {
    if (this.#cache.find(request.segment, request.offset) !== undefined) request.whenLoaded();
    else if (request.offset === load.offset && failure !== undefined) request.whenLoaded(failure);
    else this.load(request.segment, request.offset, request.whenLoaded, request.single);
  }

  async #read(segment: number, offset: number, wanted: number): Promise<LoadedBlock> {
    const entry = this.#catalog.get(segment);
    if (entry === undefined) throw segmentGone(segment, offset);
    this.loads++;
    let bytes = await this.#fill(entry, offset, wanted);
    const first = bytes.length < recordHeaderBytes ? 0 : recordHeaderBytes + bytes.readUInt32LE(4);
    const believable = first <= Math.min(recordHeaderBytes + payloadBytesMax, entry.bytes - offset);
    if (first > bytes.length && believable) bytes = await this.#fill(entry, offset, first);
    // It may have gone while it was read, and nobody will drop its blocks again.
    if (this.#catalog.get(segment) === undefined) throw segmentGone(segment, offset);
    const framed = frameBytes(bytes);
    const end = verifiedEnd(framed, entry, offset);
    if (end === 0) throw damagedRecord(entry, offset, first);
    return { ...framed, segment, base: offset, end: offset + end };
  }

  async #fill(entry: SegmentEntry, offset: number, wanted: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(wanted, entry.bytes - offset)));
    const count = await this.#readers.read(entry.number, entry.path, bytes, offset);
    return bytes.subarray(0, count);
  }
}

/** True when the block that `load` reads is likely to hold the request's record. */
function covers(load: Load, request: LoadRequest): boolean {
  return (
    load.segment === request.segment &&
    request.offset >= load.offset &&
    request.offset < load.offset + load.bytes / 2
  );
}

/** How many bytes from the start are whole, verified records. */
function verifiedEnd(bytes: ReturnType<typeof frameBytes>, entry: SegmentEntry, base: number): number {
  const limit = bytes.buffer.length;
  let at = 0;
  while (at < limit) {
    const total = checkRecord(bytes, at, limit, entry.bytes - base - at, entry.epoch, base + at);
    if (total <= 0) break;
    at += total;
  }
  return at;
}

function segmentGone(segment: number, offset: number): SluiceError {
  return new SluiceError('not-found', `segment ${segment} no longer exists`, {
    details: { segment, offset },
  });
}

function damagedRecord(entry: SegmentEntry, offset: number, bytes: number): SluiceError {
  const claimed = Math.min(Math.max(bytes, recordHeaderBytes), Math.max(0, entry.bytes - offset));
  return new SluiceError(
    'journal-damaged',
    `${entry.path} is damaged: no valid record at bytes ${offset} to ${offset + claimed}`,
    { details: { segment: entry.number, path: entry.path, offset, bytes: claimed } },
  );
}
