/**
 * Encodes field tables; the layout stands in `field-table-decode.ts`. Invariant: what is encoded decodes to an
 * equal table.
 */
import { SluiceError } from '../../kernel/index.js';
import {
  FieldDecimal,
  fieldDepthMax,
  FieldNumber,
  isFieldArray,
  type FieldArray,
  type FieldNumberKind,
  type FieldTable,
  type FieldValue,
} from './field-value.js';
import { encodeText, textBytes } from './text.js';

const nameBytesMax = 255;

/** Tag and payload bytes of each kind of number. */
const numberTags: Readonly<Record<FieldNumberKind, readonly [tag: string, bytes: number]>> = {
  int8: ['b', 1],
  uint8: ['B', 1],
  int16: ['s', 2],
  uint16: ['u', 2],
  int32: ['I', 4],
  uint32: ['i', 4],
  int64: ['l', 8],
  'int64-upper': ['L', 8],
  float: ['f', 4],
  double: ['d', 8],
  timestamp: ['T', 8],
};

/**
 * The table as bytes, length prefix included.
 *
 * @throws SluiceError `bad-input` for a name over 255 bytes or nesting deeper than `fieldDepthMax`.
 */
export function encodeFieldTable(table: FieldTable): Buffer {
  const target = Buffer.allocUnsafe(fieldTableBytes(table));
  writeFieldTable(target, 0, table);
  return target;
}

/**
 * The bytes that `writeFieldTable` writes for `table`, length prefix included.
 *
 * @throws SluiceError `bad-input` for a name over 255 bytes or nesting deeper than `fieldDepthMax`.
 */
export function fieldTableBytes(table: FieldTable): number {
  return sizeOfTable(table, 1);
}

/** Writes `table` at `at` and returns the offset after it. The caller has ensured room by `fieldTableBytes`. */
export function writeFieldTable(target: Buffer, at: number, table: FieldTable): number {
  let position = at + 4;
  for (const [name, value] of table) {
    const end = encodeText(target, position + 1, name);
    target[position] = end - position - 1;
    position = writeValue(target, end, value);
  }
  target.writeUInt32BE(position - at - 4, at);
  return position;
}

function sizeOfTable(table: FieldTable, depth: number): number {
  checkDepth(depth);
  let bytes = 4;
  for (const [name, value] of table) {
    const nameBytes = textBytes(name);
    if (nameBytes > nameBytesMax) {
      throw new SluiceError('bad-input', `a field name is longer than ${nameBytesMax} bytes`, {
        details: { bytes: nameBytes },
      });
    }
    bytes += 1 + nameBytes + sizeOfValue(value, depth);
  }
  return bytes;
}

function sizeOfArray(values: FieldArray, depth: number): number {
  checkDepth(depth);
  let bytes = 4;
  for (const value of values) bytes += sizeOfValue(value, depth);
  return bytes;
}

/** Tag included. */
function sizeOfValue(value: FieldValue, depth: number): number {
  if (typeof value === 'string') return 5 + textBytes(value);
  if (typeof value === 'boolean') return 2;
  if (value === null) return 1;
  if (value instanceof FieldNumber) return 1 + numberTags[value.kind][1];
  if (value instanceof FieldDecimal) return 6;
  if (Buffer.isBuffer(value)) return 5 + value.length;
  return 1 + (isFieldArray(value) ? sizeOfArray(value, depth + 1) : sizeOfTable(value, depth + 1));
}

function checkDepth(depth: number): void {
  if (depth > fieldDepthMax) {
    throw new SluiceError('bad-input', `a field table is nested deeper than ${fieldDepthMax}`);
  }
}

function writeValue(target: Buffer, at: number, value: FieldValue): number {
  if (typeof value === 'string') return writeString(target, writeTag(target, at, 'S'), value);
  if (typeof value === 'boolean') return target.writeUInt8(value ? 1 : 0, writeTag(target, at, 't'));
  if (value === null) return writeTag(target, at, 'V');
  if (value instanceof FieldNumber) return writeNumber(target, at, value);
  if (value instanceof FieldDecimal) {
    const scaleAt = writeTag(target, at, 'D');
    return target.writeUInt32BE(value.unscaled, target.writeUInt8(value.scale, scaleAt));
  }
  if (Buffer.isBuffer(value)) {
    const bytesAt = target.writeUInt32BE(value.length, writeTag(target, at, 'x'));
    return bytesAt + value.copy(target, bytesAt);
  }
  if (isFieldArray(value)) return writeArray(target, writeTag(target, at, 'A'), value);
  return writeFieldTable(target, writeTag(target, at, 'F'), value);
}

function writeTag(target: Buffer, at: number, tag: string): number {
  target[at] = tag.charCodeAt(0);
  return at + 1;
}

function writeString(target: Buffer, at: number, text: string): number {
  const end = encodeText(target, at + 4, text);
  target.writeUInt32BE(end - at - 4, at);
  return end;
}

function writeArray(target: Buffer, at: number, values: FieldArray): number {
  let position = at + 4;
  for (const value of values) position = writeValue(target, position, value);
  target.writeUInt32BE(position - at - 4, at);
  return position;
}

function writeNumber(target: Buffer, at: number, number: FieldNumber): number {
  const tag = numberTags[number.kind][0];
  const position = writeTag(target, at, tag);
  if (tag === 'l' || tag === 'L') return target.writeBigInt64BE(BigInt(number.value), position);
  if (tag === 'T') return target.writeBigUInt64BE(BigInt(number.value), position);
  const value = Number(number.value);
  switch (tag) {
    case 'b':
      return target.writeInt8(value, position);
    case 'B':
      return target.writeUInt8(value, position);
    case 's':
      return target.writeInt16BE(value, position);
    case 'u':
      return target.writeUInt16BE(value, position);
    case 'I':
      return target.writeInt32BE(value, position);
    case 'i':
      return target.writeUInt32BE(value, position);
    case 'f':
      return target.writeFloatBE(value, position);
    default: // 'd'
      return target.writeDoubleBE(value, position);
  }
}
