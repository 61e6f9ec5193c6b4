/**
 * CRC32C (Castagnoli), continuing from an earlier value as zlib's `crc32` does. Short ranges are summed in
 * JavaScript, long ones natively: a native call costs about 190 ns + 0.08 ns a byte, slicing-by-8 about
 * 1 ns a byte (34 ns at 32 bytes, 151 ns at 150, 1032 ns at 1100; Node 20).
 */
import { crc32c as crc32cNative } from '@node-rs/crc32';

const nativeFromBytes = 200;
const polynomial = 0x82f63b78;

/** Eight tables of 256: table k holds the sum of a byte followed by k zero bytes. */
const tables = buildTables();

function buildTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index++) {
    const before = table[index - 256]!;
    table[index] = (before >>> 8) ^ table[before & 0xff]!;
  }
  return table;
}

function crc32cSliced(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let sum = ~crc;
  let at = start;
  for (const whole = end - 8; at <= whole; at += 8) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      tables[1792 + (sum & 0xff)]! ^
      tables[1536 + ((sum >>> 8) & 0xff)]! ^
      tables[1280 + ((sum >>> 16) & 0xff)]! ^
      tables[1024 + (sum >>> 24)]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < end; at++) sum = tables[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

/** The CRC32C of `bytes[start..end)`, continuing from `crc` (0 to begin), as a uint32. */
export function crc32c(crc: number, bytes: Uint8Array, start: number, end: number): number {
  if (end - start < nativeFromBytes) return crc32cSliced(crc, bytes, start, end);
  return crc32cNative(bytes.subarray(start, end), crc);
}
