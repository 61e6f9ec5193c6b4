/**
 * How changes of records stand in the journal; docs/formats/records.md tells the same. Little-endian; u48 is a u32
 * and a u16.
 *
 * put: u8 flags (1: it settles a delivery), u8 bytes of the virtual host's name, u16 bytes of the key, u32 bytes of
 * the value, float64 expiry (Unix ms, 0: never), u32 low, u32 high and u32 check of the key's hash, then, where it
 * settles, u32 queue and u48 position, then virtual host, key and value.
 *
 * removal: u8 reason, u8 bytes of the virtual host's name, u16 count, the name, then for each record u32 low, u32
 * high and u32 check of its key's hash.
 */
import { readPosition, writePosition } from '../publish-record.js';

export const RemovalReason = { deleted: 1, expired: 2, evicted: 3 } as const;
export type RemovalReason = (typeof RemovalReason)[keyof typeof RemovalReason];

const settlesFlag = 1;
const fixedBytes = 28;
const settlementBytes = 10;
const removalHeadBytes = 4;
export const removedBytes = 12;

/** What stands before a put's key and value. */
export interface PutHead {
  vhost: Buffer;
  keyBytes: number;
  valueBytes: number;
  expiryMs: number;
  low: number;
  high: number;
  check: number;
  /** The queue whose delivery it settles; 0: none. Queues are numbered from 1. */
  queue: number;
  position: number;
}

/** The bytes of everything before the key. */
export function putHeadBytes(vhostBytes: number, settles: boolean): number {
  return fixedBytes + (settles ? settlementBytes : 0) + vhostBytes;
}

/** Writes what stands before the key; returns where the key goes. */
export function writePutHead(buffer: Buffer, view: DataView, at: number, head: PutHead): number {
  view.setUint8(at, head.queue === 0 ? 0 : settlesFlag);
  view.setUint8(at + 1, head.vhost.length);
  view.setUint16(at + 2, head.keyBytes, true);
  view.setUint32(at + 4, head.valueBytes, true);
  view.setFloat64(at + 8, head.expiryMs, true);
  view.setUint32(at + 16, head.low, true);
  view.setUint32(at + 20, head.high, true);
  view.setUint32(at + 24, head.check, true);
  let next = at + fixedBytes;
  if (head.queue !== 0) {
    view.setUint32(next, head.queue, true);
    writePosition(view, next + 4, head.position);
    next += settlementBytes;
  }
  for (let index = 0; index < head.vhost.length; index++) buffer[next + index] = head.vhost[index]!;
  return next + head.vhost.length;
}

/** Where the parts of a put stand, and what it says; one object is reused. */
export interface PutView {
  vhostStart: number;
  keyStart: number;
  valueStart: number;
  valueEnd: number;
  expiryMs: number;
  low: number;
  high: number;
  check: number;
  queue: number;
  position: number;
}

export function newPutView(): PutView {
  return {
    vhostStart: 0,
    keyStart: 0,
    valueStart: 0,
    valueEnd: 0,
    expiryMs: 0,
    low: 0,
    high: 0,
    check: 0,
    queue: 0,
    position: 0,
  };
}

export function readPut(view: DataView, at: number, into: PutView): void {
  const settles = (view.getUint8(at) & settlesFlag) !== 0;
  into.expiryMs = view.getFloat64(at + 8, true);
  into.low = view.getUint32(at + 16, true);
  into.high = view.getUint32(at + 20, true);
  into.check = view.getUint32(at + 24, true);
  into.queue = settles ? view.getUint32(at + fixedBytes, true) : 0;
  into.position = settles ? readPosition(view, at + fixedBytes + 4) : 0;
  into.vhostStart = at + fixedBytes + (settles ? settlementBytes : 0);
  into.keyStart = into.vhostStart + view.getUint8(at + 1);
  into.valueStart = into.keyStart + view.getUint16(at + 2, true);
  into.valueEnd = into.valueStart + view.getUint32(at + 4, true);
}

export function removalBytes(vhostBytes: number, count: number): number {
  return removalHeadBytes + vhostBytes + count * removedBytes;
}

/** Writes a removal's head; returns where the first hash goes. */
export function writeRemovalHead(
  buffer: Buffer,
  view: DataView,
  at: number,
  reason: RemovalReason,
  vhost: Buffer,
  count: number,
): number {
  view.setUint8(at, reason);
  view.setUint8(at + 1, vhost.length);
  view.setUint16(at + 2, count, true);
  vhost.copy(buffer, at + removalHeadBytes);
  return at + removalHeadBytes + vhost.length;
}

/** Calls `visit` with the hash of each record that a removal names; gives the name of its virtual host first. */
export function readRemoval(
  buffer: Buffer,
  view: DataView,
  at: number,
  visit: (vhost: string, low: number, high: number, check: number) => void,
): void {
  const vhostEnd = at + removalHeadBytes + view.getUint8(at + 1);
  const vhost = buffer.toString('utf8', at + removalHeadBytes, vhostEnd);
  const end = vhostEnd + view.getUint16(at + 2, true) * removedBytes;
  for (let next = vhostEnd; next < end; next += removedBytes)
    visit(vhost, view.getUint32(next, true), view.getUint32(next + 4, true), view.getUint32(next + 8, true));
}
