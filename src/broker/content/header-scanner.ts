/**
 * Finds a few named entries in an encoded headers table without decoding it, and checks the whole table on the way.
 * Invariant: a table that `scan` accepts, `decodeFieldTable` accepts too. No allocation per message.
 */
import { tagBytes } from './field-table-decode.js';
import { fieldDepthMax } from './field-value.js';
import { malformedContent } from './malformed.js';

const tagTable = 0x46; // F
const tagArray = 0x41; // A
const tagText = 0x53; // S

/** Looks for a fixed set of names; one instance serves any number of messages. */
export class HeaderScanner {
  /** For each name, in the order given: the offset of its value's tag after `scan`, or -1 where it is absent. */
  readonly positions: Int32Array;
  private readonly names: readonly Buffer[];
  /** Indexes into `names`, by length of the name: most headers are told apart by their length alone. */
  private readonly byLength: readonly (readonly number[])[];

  constructor(names: readonly string[]) {
    this.names = names.map((name) => Buffer.from(name));
    this.positions = new Int32Array(names.length).fill(-1);
    this.byLength = Array.from({ length: 256 }, (_, length) =>
      this.names.flatMap((name, index) => (name.length === length ? [index] : [])),
    );
  }

  /**
   * Reads the table whose length prefix stands at `start` and which must end at `end`.
   *
   * @returns How many of the names were found. Of entries with the same name the first counts.
   * @throws SluiceError `protocol`, with the position, for malformed bytes.
   */
  scan(buffer: Buffer, start: number, end: number): number {
    this.positions.fill(-1);
    if (end - start < 4) throw malformedContent('truncated', start);
    if (uint32At(buffer, start) !== end - start - 4)
      throw malformedContent('a table of the wrong length', start);
    let found = 0;
    let at = start + 4;
    while (at < end) {
      const nameStart = at + 1;
      const valueAt = nameStart + buffer[at]!;
      if (valueAt >= end) throw malformedContent('truncated', at);
      found += this.match(buffer, nameStart, valueAt);
      at = skipValue(buffer, valueAt, end, 1);
    }
    return found;
  }

  /** Notes the entry if its name is looked for; returns 1 if it is and was not seen before. */
  private match(buffer: Buffer, start: number, end: number): number {
    for (const index of this.byLength[end - start]!) {
      if (this.positions[index] !== -1 || !bytesEqual(this.names[index]!, buffer, start)) continue;
      this.positions[index] = end;
      return 1;
    }
    return 0;
  }
}

/**
 * The offset of the value's tag of the first entry called `name`, or -1, in a table that was found to be well formed;
 * nothing else is read.
 */
export function findHeader(buffer: Buffer, start: number, end: number, name: Buffer): number {
  let at = start + 4;
  while (at < end) {
    const bytes = buffer[at]!;
    const valueAt = at + 1 + bytes;
    if (bytes === name.length && bytesEqual(name, buffer, at + 1)) return valueAt;
    const valueBytes = tagBytes[buffer[valueAt]!]!;
    at = valueAt + 1 + (valueBytes >= 0 ? valueBytes : 4 + uint32At(buffer, valueAt + 1));
  }
  return -1;
}

/** Whether the value whose tag stands at `at` is text; its bytes are those of `headerTextStart` and `headerTextEnd`. */
export function isHeaderText(buffer: Buffer, at: number): boolean {
  return buffer[at] === tagText;
}

/** Where the bytes of the text value at `at` start. */
export function headerTextStart(at: number): number {
  return at + 5;
}

/** Where the bytes of the text value at `at` end. */
export function headerTextEnd(buffer: Buffer, at: number): number {
  return at + 5 + uint32At(buffer, at + 1);
}

/** The number whose tag stands at `at`, of any kind (the nearest, beyond ±2^53), or NaN where it is none. */
export function headerNumber(buffer: Buffer, at: number): number {
  switch (String.fromCharCode(buffer[at]!)) {
    case 'b':
      return buffer.readInt8(at + 1);
    case 'B':
      return buffer.readUInt8(at + 1);
    case 's':
      return buffer.readInt16BE(at + 1);
    case 'u':
      return buffer.readUInt16BE(at + 1);
    case 'I':
      return buffer.readInt32BE(at + 1);
    case 'i':
      return buffer.readUInt32BE(at + 1);
    case 'l':
    case 'L':
      return buffer.readInt32BE(at + 1) * 0x1_0000_0000 + buffer.readUInt32BE(at + 5);
    case 'T':
      return buffer.readUInt32BE(at + 1) * 0x1_0000_0000 + buffer.readUInt32BE(at + 5);
    case 'f':
      return buffer.readFloatBE(at + 1);
    case 'd':
      return buffer.readDoubleBE(at + 1);
    case 'D':
      return buffer.readUInt32BE(at + 2) / 10 ** buffer[at + 1]!;
    default:
      return Number.NaN;
  }
}

/** Checks the value whose tag stands at `at`, nested ones included, and returns the offset after it. */
function skipValue(buffer: Buffer, at: number, end: number, depth: number): number {
  if (at >= end) throw malformedContent('truncated', at);
  const tag = buffer[at]!;
  const fixedBytes = tagBytes[tag]!;
  if (fixedBytes === -2) throw malformedContent(`unknown field value tag ${tag}`, at);
  const variable = fixedBytes === -1;
  if (variable && end - at < 5) throw malformedContent('truncated', at);
  const after = variable ? at + 5 + uint32At(buffer, at + 1) : at + 1 + fixedBytes;
  if (after > end) throw malformedContent('a value exceeds the table or array that holds it', at);
  if (tag === tagTable || tag === tagArray) skipNested(buffer, at + 5, after, tag === tagTable, depth + 1);
  return after;
}

function skipNested(buffer: Buffer, start: number, end: number, named: boolean, depth: number): void {
  if (depth > fieldDepthMax) throw malformedContent(`nested deeper than ${fieldDepthMax}`, start);
  let at = start;
  while (at < end) {
    if (named) at += 1 + buffer[at]!;
    at = skipValue(buffer, at, end, depth);
  }
}

function bytesEqual(name: Buffer, buffer: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== buffer[start + index]) return false;
  }
  return true;
}

/** Four bytes as a number; the caller has checked that they are there. */
function uint32At(buffer: Buffer, at: number): number {
  return ((buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!) >>> 0;
}
