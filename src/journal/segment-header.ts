/**
 * The first page of a segment. It is written and synced before the file gets its final name, so a segment
 * under its final name always has a valid header; a bad one is damage.
 *
 * ```
 * offset size  field (little-endian)
 *      0    8  "SLUICEJL"
 *      8    2  format version
 *     10    2  flags: 1 = compacted (holes between records), 2 = recycled (old bytes after the last record)
 *     12    4  segment number
 *     16    4  epoch; no byte of it is zero
 *     20    4  bytes of records kept by compaction (0 when not compacted)
 *     24    8  made at, Unix milliseconds (IEEE 754)
 *     32   28  zero
 *     60    4  CRC32C of bytes 0 to 59
 * ```
 */
import { crc32c } from './crc32c.js';

/** Records begin after the header's page, so that no write of records touches it. */
export const segmentHeaderBytes = 4096;
export const pageBytes = 4096;
/** The newest format this release reads, and the one it writes. */
export const formatVersion = 1;

const magic = Buffer.from('SLUICEJL', 'latin1');
const usedBytes = 64;
const compactedFlag = 1;
const recycledFlag = 2;

export interface SegmentHeader {
  readonly number: number;
  readonly epoch: number;
  readonly compacted: boolean;
  readonly recycled: boolean;
  readonly keptBytes: number;
  readonly madeAtMs: number;
}

/** What the first page of a file turned out to be. */
export type DecodedHeader =
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged' };

/** The whole first page. Only tests write another version than this release's. */
export function encodeSegmentHeader(header: SegmentHeader & { readonly version?: number }): Buffer {
  const page = Buffer.alloc(segmentHeaderBytes);
  magic.copy(page, 0);
  page.writeUInt16LE(header.version ?? formatVersion, 8);
  page.writeUInt16LE((header.compacted ? compactedFlag : 0) | (header.recycled ? recycledFlag : 0), 10);
  page.writeUInt32LE(header.number, 12);
  page.writeUInt32LE(header.epoch, 16);
  page.writeUInt32LE(header.keptBytes, 20);
  page.writeDoubleLE(header.madeAtMs, 24);
  page.writeUInt32LE(crc32c(0, page, 0, usedBytes - 4), usedBytes - 4);
  return page;
}

/** Reads a header from the first bytes of a file; a newer version is told apart from damage. */
export function decodeSegmentHeader(page: Buffer): DecodedHeader {
  if (page.length < usedBytes || !page.subarray(0, 8).equals(magic)) return { kind: 'damaged' };
  if (page.readUInt32LE(usedBytes - 4) !== crc32c(0, page, 0, usedBytes - 4)) return { kind: 'damaged' };
  const version = page.readUInt16LE(8);
  if (version > formatVersion) return { kind: 'newer', version };
  const flags = page.readUInt16LE(10);
  const header: SegmentHeader = {
    number: page.readUInt32LE(12),
    epoch: page.readUInt32LE(16),
    compacted: (flags & compactedFlag) !== 0,
    recycled: (flags & recycledFlag) !== 0,
    keptBytes: page.readUInt32LE(20),
    madeAtMs: page.readDoubleLE(24),
  };
  return { kind: 'header', header };
}
