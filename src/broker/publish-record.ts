/**
 * The record of one publish: the routes it took, then the message as it came. All numbers little-endian.
 *
 *   0  u8  flags: 1 transient, 2 extended routes, 4 body in chunk records, 8 dead-lettered by the broker itself,
 *          16 its routing key has replaced `CC` and `BCC`, 32 `BCC` is among the headers,
 *          64 shared routes
 *   1  u8  flags: 1 the publisher stands at the end
 *   2  u16 routes
 *   4  u32 bytes of properties
 *   8  u32 bytes of body (of all chunks together)
 *   12 u16 bytes of the two names
 *   14 u16 chunks
 *   16 f64 arrival, Unix ms
 *   24 routes: u32 queue, u48 position, u8 priority, u8 flags (1 keyed, 2 ranked, 4 delayed, 8 held),
 *      f64 expiry
 *      (Unix ms, 0: never); extended routes add f64 rank, f64 due (Unix ms), u32 key low, u32 key high;
 *      shared routes, extended too, add u32 tenant low, u32 tenant high, u32 cost in thousandths
 *   …  exchange and routing key as short strings, properties (flags and list), body or
 *      chunks: u32 segment, u32 offset, u32 bytes
 *   …  u32 where the publisher is described in this segment
 */
import type { ChunkReference, MessageView } from './face.js';
import type { NewEntry } from './new-entry.js';
import { EntryState } from './page.js';

export const PublishFlag = {
  transient: 1,
  extended: 2,
  chunked: 4,
  died: 8,
  keysReplaced: 16,
  blindCopies: 32,
  shared: 64,
  publisher: 256,
} as const;
const RouteFlag = { keyed: 1, ranked: 2, delayed: 4, held: 8 } as const;

const fixedBytes = 24;
const routeBytes = 20;
const extendedRouteBytes = 44;
const sharedRouteBytes = 56;
const chunkBytes = 12;
export const publisherBytes = 4;

/** Bytes of one route in a record with these `PublishFlag`s. */
function bytesOfRoute(flags: number): number {
  if ((flags & PublishFlag.shared) !== 0) return sharedRouteBytes;
  return (flags & PublishFlag.extended) !== 0 ? extendedRouteBytes : routeBytes;
}

/** The flags that a route needs of its record. */
export function routeFlagsOf(entry: NewEntry): number {
  if (entry.isShared) return PublishFlag.shared;
  return entry.isRanked || entry.isKeyed || entry.dueMs > 0 ? PublishFlag.extended : 0;
}

/** Bytes of the fixed part and the routes of a record with these `PublishFlag`s. */
export function publishHeadBytes(routes: number, flags: number): number {
  return fixedBytes + routes * bytesOfRoute(flags);
}

export function publishChunksBytes(chunks: number): number {
  return chunks * chunkBytes;
}

export function writePublishHead(
  view: DataView,
  at: number,
  flags: number,
  routes: number,
  propertiesLength: number,
  bodyLength: number,
  namesLength: number,
  chunks: number,
  arrivalMs: number,
): void {
  view.setUint16(at, flags, true);
  view.setUint16(at + 2, routes, true);
  view.setUint32(at + 4, propertiesLength, true);
  view.setUint32(at + 8, bodyLength, true);
  view.setUint16(at + 12, namesLength, true);
  view.setUint16(at + 14, chunks, true);
  view.setFloat64(at + 16, arrivalMs, true);
}

/** Where the publisher of a record is described in its segment; 0: that is not known. */
export function publisherOffset(view: DataView, at: number, end: number): number {
  if ((view.getUint16(at, true) & PublishFlag.publisher) === 0) return 0;
  return view.getUint32(end - publisherBytes, true);
}

/** When the message of a record came, in Unix ms. */
export function readArrivalMs(buffer: Buffer, recordAt: number): number {
  return buffer.readDoubleLE(recordAt + 16);
}

/** Writes route `index`; the entry's location is not part of it. */
export function writeRoute(
  view: DataView,
  recordAt: number,
  index: number,
  flags: number,
  queue: number,
  entry: NewEntry,
): void {
  const bytes = bytesOfRoute(flags);
  const at = recordAt + fixedBytes + index * bytes;
  view.setUint32(at, queue, true);
  writePosition(view, at + 4, entry.position);
  view.setUint8(at + 10, entry.priority);
  view.setUint8(
    at + 11,
    (entry.isKeyed ? RouteFlag.keyed : 0) |
      (entry.isRanked ? RouteFlag.ranked : 0) |
      (entry.dueMs > 0 ? RouteFlag.delayed : 0) |
      (entry.state === EntryState.held ? RouteFlag.held : 0),
  );
  view.setFloat64(at + 12, entry.expiryMs, true);
  if (bytes === routeBytes) return;
  view.setFloat64(at + 20, entry.rank, true);
  view.setFloat64(at + 28, entry.dueMs, true);
  view.setUint32(at + 36, entry.keyLow, true);
  view.setUint32(at + 40, entry.keyHigh, true);
  if (bytes !== sharedRouteBytes) return;
  view.setUint32(at + 44, entry.tenantLow, true);
  view.setUint32(at + 48, entry.tenantHigh, true);
  view.setUint32(at + 52, entry.costThousandths, true);
}

export function writeChunks(view: DataView, at: number, chunks: readonly ChunkReference[]): void {
  chunks.forEach((chunk, index) => {
    view.setUint32(at + index * chunkBytes, chunk.segment, true);
    view.setUint32(at + index * chunkBytes + 4, chunk.offset, true);
    view.setUint32(at + index * chunkBytes + 8, chunk.length, true);
  });
}

/** Positions take 48 bits. */
export function writePosition(view: DataView, at: number, position: number): void {
  view.setUint32(at, position >>> 0, true);
  view.setUint16(at + 4, Math.floor(position / 2 ** 32), true);
}

export function readPosition(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32;
}

export interface PublishHead {
  flags: number;
  routes: number;
  propertiesLength: number;
  bodyLength: number;
  namesLength: number;
  chunks: number;
  arrivalMs: number;
}

export function newPublishHead(): PublishHead {
  return { flags: 0, routes: 0, propertiesLength: 0, bodyLength: 0, namesLength: 0, chunks: 0, arrivalMs: 0 };
}

export function readPublishHead(view: DataView, at: number, into: PublishHead): void {
  into.flags = view.getUint8(at);
  into.routes = view.getUint16(at + 2, true);
  into.propertiesLength = view.getUint32(at + 4, true);
  into.bodyLength = view.getUint32(at + 8, true);
  into.namesLength = view.getUint16(at + 12, true);
  into.chunks = view.getUint16(at + 14, true);
  into.arrivalMs = view.getFloat64(at + 16, true);
}

/** Reads route `index` into an entry; returns the queue's number. */
export function readRoute(
  view: DataView,
  recordAt: number,
  index: number,
  recordFlags: number,
  entry: NewEntry,
): number {
  const bytes = bytesOfRoute(recordFlags);
  const at = recordAt + fixedBytes + index * bytes;
  const extended = bytes !== routeBytes;
  entry.position = readPosition(view, at + 4);
  entry.priority = view.getUint8(at + 10);
  const flags = view.getUint8(at + 11);
  entry.expiryMs = view.getFloat64(at + 12, true);
  entry.isKeyed = (flags & RouteFlag.keyed) !== 0;
  entry.isRanked = (flags & RouteFlag.ranked) !== 0;
  entry.rank = extended ? view.getFloat64(at + 20, true) : 0;
  entry.dueMs = extended ? view.getFloat64(at + 28, true) : 0;
  entry.keyLow = extended ? view.getUint32(at + 36, true) : 0;
  entry.keyHigh = extended ? view.getUint32(at + 40, true) : 0;
  readShare(view, at, bytes === sharedRouteBytes, entry);
  entry.state = stateIn(flags);
  entry.transient = false;
  entry.deliveryCount = 0;
  entry.redelivered = false;
  entry.idHash = 0;
  entry.awaited = undefined;
  return view.getUint32(at, true);
}

function stateIn(routeFlags: number): EntryState {
  if ((routeFlags & RouteFlag.held) !== 0) return EntryState.held;
  return (routeFlags & RouteFlag.delayed) !== 0 ? EntryState.delayed : EntryState.ready;
}

function readShare(view: DataView, at: number, isShared: boolean, entry: NewEntry): void {
  entry.tenantLow = isShared ? view.getUint32(at + 44, true) : 0;
  entry.tenantHigh = isShared ? view.getUint32(at + 48, true) : 0;
  entry.costThousandths = isShared ? view.getUint32(at + 52, true) : 0;
  entry.isShared = entry.tenantLow !== 0 || entry.tenantHigh !== 0 || entry.costThousandths !== 0;
}

export function readChunks(view: DataView, at: number, count: number): ChunkReference[] {
  return Array.from({ length: count }, (_, index) => ({
    segment: view.getUint32(at + index * chunkBytes, true),
    offset: view.getUint32(at + index * chunkBytes + 4, true),
    length: view.getUint32(at + index * chunkBytes + 8, true),
  }));
}

export function newMessageView(): MessageView {
  const none = Buffer.alloc(0);
  return {
    buffer: none,
    routeStart: 0,
    routeEnd: 0,
    propertiesBuffer: none,
    propertiesStart: 0,
    propertiesEnd: 0,
    bodyBuffer: none,
    bodyStart: 0,
    bodyEnd: 0,
    arrivalMs: 0,
    large: undefined,
  };
}

/** Points a view at the record whose payload starts at `at`; a chunked body is left empty. */
export function viewPublish(buffer: Buffer, view: DataView, at: number, into: MessageView): void {
  const flags = view.getUint8(at);
  const chunked = (flags & PublishFlag.chunked) !== 0;
  const names = at + publishHeadBytes(view.getUint16(at + 2, true), flags);
  const properties = names + view.getUint16(at + 12, true);
  const body = properties + view.getUint32(at + 4, true);
  into.buffer = buffer;
  into.routeStart = names;
  into.routeEnd = properties;
  into.propertiesBuffer = buffer;
  into.propertiesStart = properties;
  into.propertiesEnd = body;
  into.bodyBuffer = buffer;
  into.bodyStart = body;
  into.bodyEnd = chunked ? body : body + view.getUint32(at + 8, true);
  into.arrivalMs = view.getFloat64(at + 16, true);
  into.large = undefined;
}
