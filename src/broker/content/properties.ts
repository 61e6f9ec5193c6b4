/**
 * The properties of a message, decoded whole and encoded again: for views, for the other protocols, and for
 * dead-lettering. Invariant: what was decoded encodes to the same bytes. Layout in `property-flags.ts`.
 */
import { SluiceError } from '../../kernel/index.js';
import { decodeFieldTable } from './field-table-decode.js';
import { fieldTableBytes, writeFieldTable } from './field-table-encode.js';
import type { FieldTable } from './field-value.js';
import { malformedContent } from './malformed.js';
import {
  propertyFlags,
  propertyFlagsReserved,
  propertyList,
  type PropertyKind,
  type PropertyName,
} from './property-flags.js';
import { decodeText, encodeText, textBytes } from './text.js';

const textBytesMax = 255;

/** The content properties of AMQP 0-9-1. Absent ones are not set. Texts have at most 255 bytes. */
export interface ContentProperties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly headers?: FieldTable;
  /** 1 transient, 2 persistent. */
  readonly deliveryMode?: number;
  /** 0 to 255. */
  readonly priority?: number;
  readonly correlationId?: string;
  readonly replyTo?: string;
  /** Milliseconds, as decimal digits. */
  readonly expiration?: string;
  readonly messageId?: string;
  /** Seconds since 1970; a `bigint` only beyond 2^53. */
  readonly timestamp?: number | bigint;
  readonly type?: string;
  readonly userId?: string;
  readonly appId?: string;
  readonly clusterId?: string;
}

type PropertyValue = string | number | bigint | FieldTable;

/**
 * Decodes the flags word and the list from `start` to `end`.
 *
 * @throws SluiceError `protocol`, with the position, for malformed bytes.
 */
export function decodeProperties(buffer: Buffer, start = 0, end = buffer.length): ContentProperties {
  if (end - start < 2) throw malformedContent('truncated properties', start);
  const flags = buffer.readUInt16BE(start);
  if ((flags & propertyFlagsReserved) !== 0) throw malformedContent('unknown property flags', start);
  const properties: Record<string, PropertyValue> = {};
  let at = start + 2;
  for (const { name, kind, flag } of propertyList) {
    if ((flags & flag) === 0) continue;
    const valueEnd = endOfProperty(buffer, at, end, kind);
    properties[name] = decodeProperty(buffer, at, valueEnd, kind);
    at = valueEnd;
  }
  if (at !== end) throw malformedContent('bytes after the properties', at);
  return properties;
}

/**
 * Encodes `properties` as flags word and list.
 *
 * @throws SluiceError `bad-input` for a text over 255 bytes, or headers that cannot be encoded.
 */
export function encodeProperties(properties: ContentProperties): Buffer {
  const target = Buffer.allocUnsafe(bytesOfProperties(properties));
  let flags = 0;
  let at = 2;
  for (const { name, flag } of propertyList) {
    const value = properties[name];
    if (value === undefined) continue;
    flags |= flag;
    at = writeProperty(target, at, value, name === 'timestamp');
  }
  target.writeUInt16BE(flags, 0);
  return target;
}

/** Where the value of a property starts, or -1 where it is absent. The properties are well formed. */
export function findProperty(buffer: Buffer, start: number, end: number, name: PropertyName): number {
  const flags = (buffer[start]! << 8) | buffer[start + 1]!;
  const wanted = propertyFlags[name];
  if ((flags & wanted) === 0) return -1;
  let at = start + 2;
  // In wire order flags fall; those above the one that is wanted come before it.
  for (const { kind, flag } of propertyList) {
    if (flag === wanted) return at;
    if ((flags & flag) !== 0) at = endOfProperty(buffer, at, end, kind);
  }
  return at;
}

/** Where the value of a property that starts at `at` ends. */
export function endOfProperty(buffer: Buffer, at: number, end: number, kind: PropertyKind): number {
  const after = at + bytesOfEncoded(buffer, at, end, kind);
  if (after > end) throw malformedContent('truncated properties', at);
  return after;
}

function bytesOfEncoded(buffer: Buffer, at: number, end: number, kind: PropertyKind): number {
  switch (kind) {
    case 'octet':
      return 1;
    case 'timestamp':
      return 8;
    case 'text':
      return at < end ? 1 + buffer[at]! : 1;
    case 'table':
      return end - at >= 4 ? 4 + buffer.readUInt32BE(at) : 4;
  }
}

function decodeProperty(buffer: Buffer, start: number, end: number, kind: PropertyKind): PropertyValue {
  switch (kind) {
    case 'octet':
      return buffer[start]!;
    case 'text':
      return decodeText(buffer, start + 1, end);
    case 'table':
      return decodeFieldTable(buffer, start, end);
    case 'timestamp': {
      const seconds = buffer.readBigUInt64BE(start);
      return seconds <= Number.MAX_SAFE_INTEGER ? Number(seconds) : seconds;
    }
  }
}

function bytesOfProperties(properties: ContentProperties): number {
  let bytes = 2;
  for (const { name, kind } of propertyList) {
    const value = properties[name];
    if (value === undefined) continue;
    if (kind === 'octet') bytes += 1;
    else if (kind === 'timestamp') bytes += 8;
    else bytes += typeof value === 'string' ? bytesOfText(name, value) : fieldTableBytes(value as FieldTable);
  }
  return bytes;
}

/** Length octet included. */
function bytesOfText(name: string, text: string): number {
  const bytes = textBytes(text);
  if (bytes <= textBytesMax) return 1 + bytes;
  throw new SluiceError('bad-input', `the property ${name} is longer than ${textBytesMax} bytes`, {
    details: { name, bytes },
  });
}

function writeProperty(target: Buffer, at: number, value: PropertyValue, isTimestamp: boolean): number {
  if (typeof value === 'string') {
    const end = encodeText(target, at + 1, value);
    target[at] = end - at - 1;
    return end;
  }
  if (typeof value === 'object') return writeFieldTable(target, at, value);
  if (isTimestamp) return target.writeBigUInt64BE(BigInt(value), at);
  return target.writeUInt8(Number(value), at);
}
