/**
 * A column of whole numbers in which zeros are frequent. Each token is a varint: even `2n` stands for `n + 1` zeros,
 * odd `2n + 1` for one number: `n` itself in an unsigned column, in a signed one `n / 2` where `n` is even and
 * `-(n + 1) / 2` where it is odd (zigzag). The column ends with its last number: the reader knows how many there are.
 */
import { SluiceError } from '../../kernel/index.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/** Unsigned columns hold 0 to this, signed ones plus and minus this: a token then fits into 53 bits. */
export const columnValueMax = 2 ** 51 - 1;

/** Writes `count` whole numbers from `start`, zero or more. */
export function writeUnsigned(writer: ByteWriter, values: Float64Array, start: number, count: number): void {
  let zeros = 0;
  for (let index = start; index < start + count; index++) {
    const value = values[index]!;
    if (value === 0) {
      zeros++;
      continue;
    }
    if (zeros > 0) writer.varint((zeros - 1) * 2);
    zeros = 0;
    writer.varint(value * 2 + 1);
  }
  if (zeros > 0) writer.varint((zeros - 1) * 2);
}

/** Writes `count` whole numbers from `start` by the difference of each to the one before; the first, to zero. */
export function writeDeltas(writer: ByteWriter, values: Float64Array, start: number, count: number): void {
  let zeros = 0;
  let before = 0;
  for (let index = start; index < start + count; index++) {
    const value = values[index]!;
    const delta = value - before;
    before = value;
    if (delta === 0) {
      zeros++;
      continue;
    }
    if (zeros > 0) writer.varint((zeros - 1) * 2);
    zeros = 0;
    writer.varint((delta < 0 ? -delta * 2 - 1 : delta * 2) * 2 + 1);
  }
  if (zeros > 0) writer.varint((zeros - 1) * 2);
}

/** Writes a column of `count` zeros, of either kind. */
export function writeZeros(writer: ByteWriter, count: number): void {
  writer.varint((count - 1) * 2);
}

/** Reads `count` numbers to `into` from `start`. Throws `bad-input` for what no writer wrote. */
export function readUnsigned(reader: ByteReader, into: Float64Array, start: number, count: number): void {
  const end = start + count;
  for (let index = start; index < end;) {
    const token = reader.varint();
    if (token % 2 === 1) into[index++] = (token - 1) / 2;
    else index = fill(into, index, token / 2 + 1, end, 0);
  }
}

/** As `readUnsigned`, for `writeDeltas`. */
export function readDeltas(reader: ByteReader, into: Float64Array, start: number, count: number): void {
  const end = start + count;
  let before = 0;
  for (let index = start; index < end;) {
    const token = reader.varint();
    if (token % 2 === 0) {
      index = fill(into, index, token / 2 + 1, end, before);
      continue;
    }
    const zigzag = (token - 1) / 2;
    before += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    into[index++] = before;
  }
}

function fill(into: Float64Array, from: number, count: number, end: number, value: number): number {
  if (count > end - from) throw new SluiceError('bad-input', 'an encoded column is longer than its points');
  into.fill(value, from, from + count);
  return from + count;
}
