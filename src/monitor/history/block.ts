/**
 * Blocks of a history file: what all objects did in a row of points. Objects stand in groups of 32 by their numbers,
 * and each group has a checksum of its own, so that one object is read without the others. Little-endian.
 *
 * ```
 *  0  4  "SLHB"                     20  4  bytes of all groups
 *  4  2  version, 1                 24  4  count of groups
 *  6  2  points, 1 to 360           28  4  CRC32C of the table
 *  8  8  start, Unix s (IEEE 754)   32 28  zero
 * 16  4  seconds of a point         60  4  CRC32C of bytes 0 to 59
 * 64     groups, then the table: for each, group u32, its end counted from 64 u32, CRC32C u32
 * ```
 */
import { crc32c } from '@node-rs/crc32';
import { ByteWriter } from '../encoding/byte-writer.js';
import { blockPointsMax } from './object-chunk.js';

export const headerBytes = 64;
export const tableEntryBytes = 12;
export const groupObjects = 32;

const magic = 0x42484c53;
const version = 1;

/** What stands in a header. */
export interface BlockHeader {
  readonly startSecond: number;
  readonly pointSeconds: number;
  readonly points: number;
  readonly payloadBytes: number;
  readonly groups: number;
  readonly tableChecksum: number;
}

/** A block as it lies in its file. */
export interface Block extends BlockHeader {
  /** Of the header in its file. */
  readonly position: number;
  /** Three words for each group: number, end, checksum. */
  readonly table: Uint32Array;
}

export function blockBytes({ payloadBytes, groups }: BlockHeader): number {
  return headerBytes + payloadBytes + groups * tableEntryBytes;
}

export function encodeHeader(header: BlockHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt16LE(version, 4);
  bytes.writeUInt16LE(header.points, 6);
  bytes.writeDoubleLE(header.startSecond, 8);
  bytes.writeUInt32LE(header.pointSeconds, 16);
  bytes.writeUInt32LE(header.payloadBytes, 20);
  bytes.writeUInt32LE(header.groups, 24);
  bytes.writeUInt32LE(header.tableChecksum, 28);
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 60)), 60);
  return bytes;
}

/** Undefined: no whole header of this version stands there. */
export function decodeHeader(bytes: Buffer): BlockHeader | undefined {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic) return undefined;
  if (bytes.readUInt32LE(60) !== crc32c(bytes.subarray(0, 60))) return undefined;
  const points = bytes.readUInt16LE(6);
  if (bytes.readUInt16LE(4) !== version || points < 1 || points > blockPointsMax) return undefined;
  return {
    points,
    startSecond: bytes.readDoubleLE(8),
    pointSeconds: bytes.readUInt32LE(16),
    payloadBytes: bytes.readUInt32LE(20),
    groups: bytes.readUInt32LE(24),
    tableChecksum: bytes.readUInt32LE(28),
  };
}

/** Undefined: the table is not what was written. */
export function decodeTable(bytes: Buffer, checksum: number): Uint32Array | undefined {
  if (crc32c(bytes) !== checksum) return undefined;
  return Uint32Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readUInt32LE(word * 4));
}

/** Collects the groups of one block in the order of their numbers. */
export class BlockBuilder {
  readonly #table = new ByteWriter();
  readonly #entry = Buffer.alloc(tableEntryBytes);
  #end = 0;
  #groups = 0;

  get payloadBytes(): number {
    return this.#end;
  }

  clear(): void {
    this.#table.clear();
    this.#end = 0;
    this.#groups = 0;
  }

  /** Tells of a group whose bytes follow those of the group before. */
  group(number: number, bytes: Uint8Array): void {
    this.#end += bytes.length;
    this.#groups++;
    this.#entry.writeUInt32LE(number, 0);
    this.#entry.writeUInt32LE(this.#end, 4);
    this.#entry.writeUInt32LE(crc32c(bytes), 8);
    this.#table.bytes(this.#entry);
  }

  /** Header and table; the table is valid until the next `clear`. */
  finish(start: Pick<BlockHeader, 'startSecond' | 'pointSeconds' | 'points'>): {
    readonly header: BlockHeader;
    readonly table: Buffer;
  } {
    const { buffer, byteOffset, length } = this.#table.written;
    const table = Buffer.from(buffer, byteOffset, length);
    const tableChecksum = crc32c(table);
    return { header: { ...start, payloadBytes: this.#end, groups: this.#groups, tableChecksum }, table };
  }
}
