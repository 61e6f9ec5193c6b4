/**
 * Decodes field tables. Invariant: never reads outside the given bytes, never nests deeper than `fieldDepthMax`,
 * takes time linear in the bytes, and reports every malformation as one typed error.
 *
 *   table = uint32 bytes, { name: shortstr, value }        array = uint32 bytes, { value }
 *   value = tag octet, then: t octet | b int8 | B uint8 | s int16 | u uint16 | I int32 | i uint32 | l, L int64
 *           | f float | d double | D octet uint32 | S longstr | x longstr | A array | T uint64 | F table | V
 *
 * AMQP 0-9-1 section 4.2.1, with the tags of RabbitMQ's errata (section 3), which all clients use.
 */
import { FieldDecimal, fieldDepthMax, FieldNumber, type FieldTable, type FieldValue } from './field-value.js';
import { malformedContent } from './malformed.js';
import { decodeText } from './text.js';

/** Payload bytes of each tag: -1 for a length-prefixed value, -2 for a tag that does not exist. */
export const tagBytes: Int8Array = tagByteTable();

function tagByteTable(): Int8Array {
  const table = new Int8Array(256).fill(-2);
  const fixed = { t: 1, b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8, L: 8, f: 4, d: 8, D: 5, T: 8, V: 0 };
  for (const [tag, bytes] of Object.entries(fixed)) table[tag.charCodeAt(0)] = bytes;
  for (const tag of 'SxAF') table[tag.charCodeAt(0)] = -1;
  return table;
}

/**
 * Decodes the table whose length prefix stands at `start`; it must end exactly at `end`. Of entries with the same
 * name the first counts, as in RabbitMQ.
 *
 * @throws SluiceError `protocol`, with the position, for malformed bytes.
 */
export function decodeFieldTable(buffer: Buffer, start = 0, end = buffer.length): FieldTable {
  const decoder = new Decoder(buffer, start, end);
  const table = decoder.table();
  if (decoder.at !== end) throw malformedContent('bytes after the table', decoder.at);
  return table;
}

/**
 * Decodes a bare list of names and values, without the length prefix, as the AMQPLAIN mechanism sends it.
 *
 * @throws SluiceError `protocol`, with the position, for malformed bytes.
 */
export function decodeFieldEntries(buffer: Buffer, start = 0, end = buffer.length): FieldTable {
  return new Decoder(buffer, start, end).entries(end);
}

/**
 * Decodes the one value whose tag stands at `at`.
 *
 * @throws SluiceError `protocol`, with the position, for malformed bytes.
 */
export function decodeFieldValue(buffer: Buffer, at: number, end = buffer.length): FieldValue {
  return new Decoder(buffer, at, end).value();
}

/** A cursor over the bytes of one table. */
class Decoder {
  private readonly buffer: Buffer;
  private readonly limit: number;
  private depth = 0;
  at: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.buffer = buffer;
    this.at = start;
    this.limit = end;
  }

  table(): FieldTable {
    return this.nested((end) => this.entries(end));
  }

  entries(end: number): FieldTable {
    const table = new Map<string, FieldValue>();
    while (this.at < end) {
      const name = this.name();
      const value = this.value();
      if (!table.has(name)) table.set(name, value);
    }
    return this.endedAt(end, table);
  }

  value(): FieldValue {
    const tag = this.buffer[this.take(1)]!;
    const bytes = tagBytes[tag]!;
    if (bytes >= 0) return fixedValue(this.buffer, tag, this.take(bytes));
    switch (tag) {
      case 0x53: // S
        return this.text();
      case 0x46: // F
        return this.table();
      case 0x41: // A
        return this.nested((end) => this.array(end));
      case 0x78: // x
        return this.bytes();
      default:
        throw malformedContent(`unknown field value tag ${tag}`, this.at - 1);
    }
  }

  private array(end: number): FieldValue[] {
    const values: FieldValue[] = [];
    while (this.at < end) values.push(this.value());
    return this.endedAt(end, values);
  }

  private name(): string {
    const bytes = this.buffer[this.take(1)]!;
    const start = this.take(bytes);
    return decodeText(this.buffer, start, this.at);
  }

  private text(): string {
    const start = this.take(this.length());
    return decodeText(this.buffer, start, this.at);
  }

  private bytes(): Buffer {
    const start = this.take(this.length());
    return Buffer.from(this.buffer.subarray(start, this.at));
  }

  /** Reads a length and lets `read` consume exactly that many bytes, one level deeper. */
  private nested<T>(read: (end: number) => T): T {
    const bytes = this.length();
    const end = this.at + bytes;
    if (end > this.limit) throw malformedContent('a table or array exceeds what holds it', this.at);
    if (++this.depth > fieldDepthMax) throw malformedContent(`nested deeper than ${fieldDepthMax}`, this.at);
    const value = read(end);
    this.depth--;
    return value;
  }

  private endedAt<T>(end: number, value: T): T {
    if (this.at !== end) throw malformedContent('a value exceeds the table or array that holds it', this.at);
    return value;
  }

  private length(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }

  /** Moves past `bytes` bytes and returns where they start. */
  private take(bytes: number): number {
    const start = this.at;
    if (bytes > this.limit - start) throw malformedContent('truncated', start);
    this.at = start + bytes;
    return start;
  }
}

/** Decodes a value of fixed size, whose payload stands at `at`. */
function fixedValue(buffer: Buffer, tag: number, at: number): FieldValue {
  switch (String.fromCharCode(tag)) {
    case 't':
      return buffer[at] !== 0;
    case 'b':
      return new FieldNumber('int8', buffer.readInt8(at));
    case 'B':
      return new FieldNumber('uint8', buffer.readUInt8(at));
    case 's':
      return new FieldNumber('int16', buffer.readInt16BE(at));
    case 'u':
      return new FieldNumber('uint16', buffer.readUInt16BE(at));
    case 'I':
      return new FieldNumber('int32', buffer.readInt32BE(at));
    case 'i':
      return new FieldNumber('uint32', buffer.readUInt32BE(at));
    case 'l':
      return new FieldNumber('int64', buffer.readBigInt64BE(at));
    case 'L':
      return new FieldNumber('int64-upper', buffer.readBigInt64BE(at));
    case 'f':
      return new FieldNumber('float', buffer.readFloatBE(at));
    case 'd':
      return new FieldNumber('double', buffer.readDoubleBE(at));
    case 'D':
      return new FieldDecimal(buffer.readUInt8(at), buffer.readUInt32BE(at + 1));
    case 'T':
      return new FieldNumber('timestamp', buffer.readBigUInt64BE(at));
    default: // 'V': `tagBytes` lets nothing else through
      return null;
  }
}
