/**
 * Encodes methods as whole frames by the table of the specification. The hot ones have hand-written encoders in
 * `content-writer.ts` and `confirm-writer.ts`.
 */
import { encodeText, fieldTableBytes, textBytes, writeFieldTable } from '../../../broker/content/index.js';
import type { FieldTable } from '../../../broker/content/index.js';
import { assert } from '../../../kernel/index.js';
import { putUint16, putUint32, putUint64 } from './bytes.js';
import { frameEnd, frameHeadBytes, frameOverheadBytes, frameTypes } from './frame-format.js';
import { fieldsByName, methodNumber, type Method } from './methods.js';
import type { FieldType } from './specification.js';

const shortBytesMax = 255;

/** The method as one frame. Texts of type `shortstr` must have at most 255 bytes: see `shortText`. */
export function encodeMethod(channel: number, method: Method): Buffer {
  const target = Buffer.allocUnsafe(methodFrameBytes(method));
  writeMethod(target, 0, channel, method);
  return target;
}

/** The bytes that `writeMethod` writes for `method`. */
export function methodFrameBytes(method: Method): number {
  let bytes = frameOverheadBytes + 4;
  let bits = 0;
  for (const [field, type] of fieldsByName.get(method.name)!) {
    bits = isBit(type) ? bits + 1 : 0;
    // A run of bits takes one octet for each eight.
    bytes += isBit(type) ? (bits % 8 === 1 ? 1 : 0) : fieldBytes(type, valueOf(method, field));
  }
  return bytes;
}

/** Writes `method` as a frame at `at` and returns the offset after it. The caller has ensured room. */
export function writeMethod(target: Buffer, at: number, channel: number, method: Method): number {
  target[at] = frameTypes.method;
  putUint16(target, at + 1, channel);
  let position = putUint32(target, at + frameHeadBytes, methodNumber(method.name));
  let bits = 0;
  for (const [field, type] of fieldsByName.get(method.name)!) {
    if (!isBit(type)) {
      bits = 0;
      position = writeField(target, position, type, valueOf(method, field));
      continue;
    }
    if (bits++ % 8 === 0) target[position++] = 0;
    if (valueOf(method, field) === true) target[position - 1]! |= 1 << ((bits - 1) % 8);
  }
  putUint32(target, at + 3, position - at - frameHeadBytes);
  target[position] = frameEnd;
  return position + 1;
}

/** `text` cut to the 255 bytes that a `shortstr` holds, at a character's boundary: for reply texts and reasons. */
export function shortText(text: string): string {
  if (textBytes(text) <= shortBytesMax) return text;
  let kept = '';
  let bytes = 0;
  for (const character of text) {
    bytes += textBytes(character);
    if (bytes > shortBytesMax) break;
    kept += character;
  }
  return kept;
}

/** A field of the method; undefined for a reserved one. */
function valueOf(method: Method, field: string): unknown {
  return (method as unknown as Readonly<Record<string, unknown>>)[field];
}

function isBit(type: FieldType): boolean {
  return type === 'bit' || type === 'reserved-bit';
}

function fieldBytes(type: FieldType, value: unknown): number {
  switch (type) {
    case 'octet':
      return 1;
    case 'short':
    case 'reserved-short':
      return 2;
    case 'long':
    case 'reserved-longstr':
      return 4;
    case 'longlong':
      return 8;
    case 'shortstr':
      return 1 + shortTextBytes(value as string);
    case 'longtext':
      return 4 + textBytes(value as string);
    case 'longstr':
      return 4 + (value as Buffer).length;
    case 'table':
      return fieldTableBytes(value as FieldTable);
    case 'reserved-shortstr':
      return 1;
    case 'bit':
    case 'reserved-bit':
      return 0;
  }
}

function shortTextBytes(text: string): number {
  const bytes = textBytes(text);
  assert(bytes <= shortBytesMax, `a shortstr holds ${shortBytesMax} bytes`);
  return bytes;
}

function writeField(target: Buffer, at: number, type: FieldType, value: unknown): number {
  switch (type) {
    case 'octet':
      return target.writeUInt8(value as number, at);
    case 'short':
      return target.writeUInt16BE(value as number, at);
    case 'long':
      return target.writeUInt32BE(value as number, at);
    case 'longlong':
      return putUint64(target, at, value as number);
    case 'shortstr': {
      const end = encodeText(target, at + 1, value as string);
      target[at] = end - at - 1;
      return end;
    }
    case 'longtext': {
      const end = encodeText(target, at + 4, value as string);
      return putUint32(target, at, end - at - 4) + (end - at - 4);
    }
    case 'longstr': {
      const bytes = value as Buffer;
      return putUint32(target, at, bytes.length) + bytes.copy(target, at + 4);
    }
    case 'table':
      return writeFieldTable(target, at, value as FieldTable);
    case 'reserved-short':
      return putUint16(target, at, 0);
    case 'reserved-shortstr':
      return target.writeUInt8(0, at);
    case 'reserved-longstr':
      return putUint32(target, at, 0);
    case 'bit':
    case 'reserved-bit':
      return at;
  }
}
