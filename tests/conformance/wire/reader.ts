/** Reads what the server sends: integers, strings, tables, method arguments. Every read moves the position. */
import type { Field, FieldType } from './specification.js';
import { Typed, type Table, type Value } from './values.js';

/** Decoded arguments by field name. */
export type Arguments = Record<string, Value>;

const fixed: Readonly<Record<string, (from: Buffer, at: number) => number>> = {
  b: (from, at) => from.readInt8(at),
  B: (from, at) => from.readUInt8(at),
  s: (from, at) => from.readInt16BE(at),
  u: (from, at) => from.readUInt16BE(at),
  I: (from, at) => from.readInt32BE(at),
  i: (from, at) => from.readUInt32BE(at),
  f: (from, at) => from.readFloatBE(at),
  d: (from, at) => from.readDoubleBE(at),
};
const sizes: Readonly<Record<string, number>> = { b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, f: 4, d: 8 };

export class Reader {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(count: number): Buffer {
    if (count > this.left) throw new Error('the server sent a field that exceeds its frame');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  unsigned(count: number): number {
    return count === 8 ? Number(this.take(8).readBigUInt64BE()) : this.take(count).readUIntBE(0, count);
  }

  short(): string {
    return this.take(this.unsigned(1)).toString();
  }

  long(): Buffer {
    return this.take(this.unsigned(4));
  }

  table(): Table {
    const inside = new Reader(this.long());
    const table: Record<string, Value> = {};
    while (inside.left > 0) table[inside.short()] = inside.value();
    return table;
  }

  /** A table value: the common types as plain values, the others as `Typed`. */
  value(): Value {
    const letter = this.take(1).toString('latin1');
    const read = fixed[letter];
    if (read !== undefined) {
      const number = read(this.take(sizes[letter]!), 0);
      return letter === 'I' || letter === 'd' ? number : new Typed(letter, number);
    }
    switch (letter) {
      case 't':
        return this.unsigned(1) !== 0;
      case 'l':
        return this.take(8).readBigInt64BE();
      case 'T':
        return new Date(this.unsigned(8) * 1000);
      case 'D':
        return new Typed('D', { scale: this.unsigned(1), unscaled: this.unsigned(4) });
      case 'S':
        return this.long().toString();
      case 'x':
        return Buffer.from(this.long());
      case 'A': {
        const inside = new Reader(this.long());
        const values: Value[] = [];
        while (inside.left > 0) values.push(inside.value());
        return values;
      }
      case 'F':
        return this.table();
      case 'V':
        return null;
      default:
        throw new Error(`the server sent a value of type ${JSON.stringify(letter)}`);
    }
  }

  field(type: Exclude<FieldType, 'bit'>): Value {
    switch (type) {
      case 'u8':
        return this.unsigned(1);
      case 'u16':
        return this.unsigned(2);
      case 'u32':
        return this.unsigned(4);
      case 'u64':
        return this.unsigned(8);
      case 'timestamp':
        return new Date(this.unsigned(8) * 1000);
      case 'short':
        return this.short();
      case 'long':
        return this.long().toString();
      case 'table':
        return this.table();
    }
  }

  arguments(fields: readonly Field[]): Arguments {
    const decoded: Arguments = {};
    let bit = 8;
    let bits = 0;
    for (const { name, type } of fields) {
      if (type !== 'bit') {
        decoded[name] = this.field(type);
        bit = 8;
        continue;
      }
      if (bit === 8) {
        bits = this.unsigned(1);
        bit = 0;
      }
      decoded[name] = (bits & (1 << bit++)) !== 0;
    }
    return decoded;
  }
}
