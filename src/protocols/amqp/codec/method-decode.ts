/**
 * Decodes the payload of a method frame by the table of the specification. Invariant: reads nothing outside the
 * payload, accepts only payloads that end where their fields do, and throws only `ProtocolViolation`.
 */
import { decodeFieldTable, decodeText } from '../../../broker/content/index.js';
import { SluiceError } from '../../../kernel/index.js';
import { uint16At, uint32At, uint64At } from './bytes.js';
import { fieldsByName, methodNameOf, type Method } from './methods.js';
import { replyCodes } from './reply-codes.js';
import type { FieldType } from './specification.js';
import { ProtocolViolation, syntaxError } from './violation.js';

/** The number of the method in the payload from `start` to `end`: 502 where the payload is too short for one. */
export function methodNumberAt(buffer: Buffer, start: number, end: number): number {
  if (end - start < 4) throw syntaxError('a method frame without a method', 0);
  return uint32At(buffer, start);
}

/**
 * Decodes the method in the payload from `start` to `end`. Nothing of the result points into `buffer`.
 *
 * @throws ProtocolViolation 540 for a method that does not exist, 502 for fields that cannot be read.
 */
export function decodeMethod(buffer: Buffer, start: number, end: number): Method {
  const number = methodNumberAt(buffer, start, end);
  const name = methodNameOf(number);
  if (name === undefined) {
    throw new ProtocolViolation(
      replyCodes.notImplemented,
      `unknown method ${number & 0xffff} of class ${number >>> 16}`,
      number,
    );
  }
  const reader = new FieldReader(buffer, start + 4, end, number);
  const method: Record<string, unknown> = { name };
  for (const [field, type] of fieldsByName.get(name)!) {
    const value = reader.read(type);
    if (value !== undefined) method[field] = value;
  }
  reader.finish();
  return method as unknown as Method;
}

/** A cursor over the fields of one method. */
class FieldReader {
  private readonly buffer: Buffer;
  private readonly end: number;
  private readonly method: number;
  private at: number;
  /** The octet whose bits are being read, and the mask of the next one; 0 between bit fields. */
  private bits = 0;
  private mask = 0;

  constructor(buffer: Buffer, start: number, end: number, method: number) {
    this.buffer = buffer;
    this.at = start;
    this.end = end;
    this.method = method;
  }

  /** The next field; undefined for a reserved one. */
  read(type: FieldType): unknown {
    if (type === 'bit') return this.bit();
    if (type === 'reserved-bit') return void this.bit();
    this.mask = 0;
    switch (type) {
      case 'octet':
        return this.buffer[this.take(1)]!;
      case 'short':
        return uint16At(this.buffer, this.take(2));
      case 'long':
        return uint32At(this.buffer, this.take(4));
      case 'longlong':
        return uint64At(this.buffer, this.take(8));
      case 'shortstr':
        return decodeText(this.buffer, this.shortSpan(), this.at);
      case 'longtext':
        return decodeText(this.buffer, this.longSpan(), this.at);
      case 'longstr':
        return Buffer.from(this.buffer.subarray(this.longSpan(), this.at));
      case 'table':
        return this.table();
      case 'reserved-short':
        return void this.take(2);
      case 'reserved-shortstr':
        return void this.shortSpan();
      case 'reserved-longstr':
        return void this.longSpan();
    }
  }

  finish(): void {
    if (this.at !== this.end) throw syntaxError('octets after the last field of a method', this.method);
  }

  private bit(): boolean {
    if (this.mask === 0 || this.mask === 0x100) {
      this.bits = this.buffer[this.take(1)]!;
      this.mask = 1;
    }
    const set = (this.bits & this.mask) !== 0;
    this.mask <<= 1;
    return set;
  }

  private table(): unknown {
    const start = this.at;
    this.longSpan();
    try {
      return decodeFieldTable(this.buffer, start, this.at);
    } catch (error) {
      if (error instanceof SluiceError) throw syntaxError(error.message, this.method, error);
      throw error;
    }
  }

  private shortSpan(): number {
    return this.take(this.buffer[this.take(1)]!);
  }

  private longSpan(): number {
    return this.take(uint32At(this.buffer, this.take(4)));
  }

  /** Moves past `bytes` octets and returns where they start. */
  private take(bytes: number): number {
    const start = this.at;
    if (bytes > this.end - start) throw syntaxError('a method frame is truncated', this.method);
    this.at = start + bytes;
    return start;
  }
}
