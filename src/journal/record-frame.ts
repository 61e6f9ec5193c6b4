/**
 * The frame around every record. Each frame is verifiable alone: its checksum covers header and payload and
 * is seeded with the segment's epoch and the record's offset, so a record is valid only where it was written.
 *
 * ```
 * offset size  field (little-endian)
 *      0    2  magic "SJ"
 *      2    1  type
 *      3    1  flags: 1 = more records of the same group follow
 *      4    4  length of the payload
 *      8    8  sequence
 *     16    4  epoch of the segment
 *     20    4  CRC32C of bytes 0 to 19 and the payload, seeded with epoch and offset
 *     24    …  payload
 * ```
 */
import { payloadBytesMax } from './contract.js';
import { crc32c } from './crc32c.js';

export const recordHeaderBytes = 24;
/** A watermark record: the header and a sequence. */
export const watermarkBytes = recordHeaderBytes + 8;
/** Position of the epoch within the header; searching for it finds records after damage. */
export const epochPosition = 16;

/** Types of the journal's own records; the caller's end at `recordTypeMax`. */
export const ownType = {
  /** Stands for records that a repair set aside: the next record's sequence may jump ahead. */
  gap: 253,
  /** The last record of a journal that was closed; its payload is a watermark. */
  cleanStop: 254,
  /** Payload: the durable sequence reached before this batch was written. */
  watermark: 255,
} as const;

/** Flag of every record of a group but the last. */
export const moreFollows = 1;

const magic = 0x4a53;
const wordValues = 2 ** 32;

/** Bytes with a view on them, made once per buffer. */
export interface FrameBytes {
  readonly buffer: Buffer;
  readonly view: DataView;
}

export function frameBytes(buffer: Buffer): FrameBytes {
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) };
}

/** The checksum's start value for a record at `offset` of a segment with `epoch`. */
function seed(epoch: number, offset: number): number {
  return (epoch ^ Math.imul(offset, 0x9e3779b1)) >>> 0;
}

function checksum(bytes: FrameBytes, at: number, length: number, epoch: number, offset: number): number {
  const head = crc32c(seed(epoch, offset), bytes.buffer, at, at + 20);
  const payload = at + recordHeaderBytes;
  return length === 0 ? head : crc32c(head, bytes.buffer, payload, payload + length);
}

/** Writes all of a header but the checksum. */
export function writeHeader(
  view: DataView,
  at: number,
  type: number,
  flags: number,
  length: number,
  sequence: number,
  epoch: number,
): void {
  view.setUint16(at, magic, true);
  view.setUint8(at + 2, type);
  view.setUint8(at + 3, flags);
  view.setUint32(at + 4, length, true);
  writeSequence(view, at + 8, sequence);
  view.setUint32(at + 16, epoch, true);
}

/** Completes a record at `at` in memory, which is `offset` in its segment, with its checksum. */
export function writeChecksum(bytes: FrameBytes, at: number, epoch: number, offset: number): void {
  bytes.view.setUint32(at + 20, checksum(bytes, at, lengthAt(bytes.view, at), epoch, offset), true);
}

export function writeSequence(view: DataView, at: number, sequence: number): void {
  view.setUint32(at, sequence >>> 0, true);
  view.setUint32(at + 4, Math.floor(sequence / wordValues), true);
}

export function readSequence(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * wordValues;
}

export function hasMagic(view: DataView, at: number): boolean {
  return view.getUint16(at, true) === magic;
}

export function typeAt(view: DataView, at: number): number {
  return view.getUint8(at + 2);
}

export function flagsAt(view: DataView, at: number): number {
  return view.getUint8(at + 3);
}

export function lengthAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true);
}

export function sequenceAt(view: DataView, at: number): number {
  return readSequence(view, at + 8);
}

/** What `checkRecord` gives when the bytes at hand end before the record does. */
export const incomplete = -1;
/** What `checkRecord` gives when there is no valid record. */
export const invalid = 0;

/**
 * Checks the record at `at` in memory (`offset` in its segment): the size of the whole record in bytes when
 * it is valid, else `invalid` or `incomplete`. `limit` ends the bytes at hand; `remaining` counts the bytes
 * from here to the end of the segment, and no length beyond it is believed.
 */
export function checkRecord(
  bytes: FrameBytes,
  at: number,
  limit: number,
  remaining: number,
  epoch: number,
  offset: number,
): number {
  if (remaining < recordHeaderBytes) return invalid;
  if (at + recordHeaderBytes > limit) return incomplete;
  const { view } = bytes;
  if (!hasMagic(view, at) || view.getUint32(at + 16, true) !== epoch) return invalid;
  const length = view.getUint32(at + 4, true);
  const total = recordHeaderBytes + length;
  if (length > payloadBytesMax || total > remaining) return invalid;
  if (at + total > limit) return incomplete;
  return view.getUint32(at + 20, true) === checksum(bytes, at, length, epoch, offset) ? total : invalid;
}
