/**
 * Field tables and their values. Plain values take the usual type (string S, integer I or l, other number d,
 * boolean t, null V, Buffer x, array A, object F); `Typed` names any other.
 */

/** A table value with its type named by RabbitMQ's letter. */
export class Typed {
  readonly letter: string;
  readonly value: Value;

  constructor(letter: string, value: Value) {
    this.letter = letter;
    this.value = value;
  }
}

/** `scale` decimal places and an unscaled integer. */
export interface Decimal {
  readonly scale: number;
  readonly unscaled: number;
}

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Buffer
  | Date
  | Typed
  | Decimal
  | readonly Value[]
  | { readonly [key: string]: Value };

export type Table = Readonly<Record<string, Value>>;

function letterOf(value: Value): string {
  if (value instanceof Typed) return value.letter;
  if (typeof value === 'string') return 'S';
  if (typeof value === 'boolean') return 't';
  if (typeof value === 'bigint') return 'l';
  if (typeof value === 'number')
    return Number.isInteger(value) ? (Math.abs(value) < 2 ** 31 ? 'I' : 'l') : 'd';
  if (value === null || value === undefined) return 'V';
  if (Buffer.isBuffer(value)) return 'x';
  if (value instanceof Date) return 'T';
  return Array.isArray(value) ? 'A' : 'F';
}

const fixed: Readonly<Record<string, (out: Buffer, value: number) => void>> = {
  b: (out, value) => out.writeInt8(value),
  B: (out, value) => out.writeUInt8(value),
  s: (out, value) => out.writeInt16BE(value),
  u: (out, value) => out.writeUInt16BE(value),
  I: (out, value) => out.writeInt32BE(value),
  i: (out, value) => out.writeUInt32BE(value),
  f: (out, value) => out.writeFloatBE(value),
  d: (out, value) => out.writeDoubleBE(value),
};
const sizes: Readonly<Record<string, number>> = { b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, f: 4, d: 8 };

function sized(bytes: Buffer): Buffer {
  const out = Buffer.alloc(4 + bytes.length);
  out.writeUInt32BE(bytes.length);
  bytes.copy(out, 4);
  return out;
}

function bits64(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigInt64BE(value);
  return out;
}

function encodeBody(letter: string, value: Value): Buffer {
  const write = fixed[letter];
  if (write !== undefined) {
    const out = Buffer.alloc(sizes[letter]!);
    write(out, value as number);
    return out;
  }
  switch (letter) {
    case 't':
      return Buffer.from([value === true ? 1 : 0]);
    case 'l':
      return bits64(BigInt(value as number | bigint));
    case 'T':
      return bits64(BigInt(Math.floor((value as Date).getTime() / 1000)));
    case 'D': {
      const out = Buffer.alloc(5);
      out.writeUInt8((value as Decimal).scale);
      out.writeUInt32BE((value as Decimal).unscaled, 1);
      return out;
    }
    case 'S':
      return sized(Buffer.from(value as string));
    case 'x':
      return sized(value as Buffer);
    case 'A':
      return sized(Buffer.concat((value as readonly Value[]).map(encodeValue)));
    case 'F':
      return encodeTable(value as Table);
    default:
      return Buffer.alloc(0);
  }
}

/** A value with its type's letter before it. */
export function encodeValue(value: Value): Buffer {
  const letter = letterOf(value);
  const body = encodeBody(letter, value instanceof Typed ? value.value : value);
  return Buffer.concat([Buffer.from(letter, 'latin1'), body]);
}

/** A table with its length before it. */
export function encodeTable(table: Table): Buffer {
  const parts: Buffer[] = [];
  for (const [key, value] of Object.entries(table)) {
    const name = Buffer.from(key);
    parts.push(Buffer.from([name.length]), name, encodeValue(value));
  }
  return sized(Buffer.concat(parts));
}
