/**
 * The values that a field table holds. Invariant: a value keeps its wire type, so that a table decoded and
 * encoded again is the same; strings, booleans, void, bytes, arrays and tables are plain JavaScript values,
 * numbers carry their kind.
 */
import { assert } from '../../kernel/index.js';

/** The wire type of a number. `int64-upper` is the tag `L`, which RabbitMQ reads as it reads `l`: signed. */
export type FieldNumberKind =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'int64-upper'
  | 'float'
  | 'double'
  | 'timestamp';

/** Smallest and largest value of each integer kind. */
const integerRanges: Readonly<Partial<Record<FieldNumberKind, readonly [number | bigint, number | bigint]>>> =
  {
    int8: [-0x80, 0x7f],
    uint8: [0, 0xff],
    int16: [-0x8000, 0x7fff],
    uint16: [0, 0xffff],
    int32: [-0x8000_0000, 0x7fff_ffff],
    uint32: [0, 0xffff_ffff],
    int64: [-(2n ** 63n), 2n ** 63n - 1n],
    'int64-upper': [-(2n ** 63n), 2n ** 63n - 1n],
    timestamp: [0, 2n ** 64n - 1n],
  };

/** A number with its wire type. */
export class FieldNumber {
  readonly kind: FieldNumberKind;
  /** A `bigint` only for the 64-bit kinds, and only beyond ±2^53. A timestamp counts seconds since 1970. */
  readonly value: number | bigint;

  /** The value must lie in the range of its kind; anything else is a bug of the caller. */
  constructor(kind: FieldNumberKind, value: number | bigint) {
    const range = integerRanges[kind];
    if (range !== undefined) {
      assert(typeof value === 'bigint' || Number.isInteger(value), `${kind} is an integer`);
      assert(value >= range[0] && value <= range[1], `${kind} is in range`);
    }
    this.kind = kind;
    this.value = typeof value === 'bigint' && isSafe(value) ? Number(value) : value;
  }
}

/** A decimal number: `unscaled / 10 ** scale`. */
export class FieldDecimal {
  /** Digits after the point, 0 to 255. */
  readonly scale: number;
  /** 0 to 2^32 - 1. */
  readonly unscaled: number;

  constructor(scale: number, unscaled: number) {
    assert(Number.isInteger(scale) && scale >= 0 && scale <= 0xff, 'scale is an octet');
    assert(Number.isInteger(unscaled) && unscaled >= 0 && unscaled <= 0xffff_ffff, 'unscaled is an uint32');
    this.scale = scale;
    this.unscaled = unscaled;
  }
}

/** Any value of a field table. A `null` is the wire's void; a `Buffer` its byte array (`x`). */
export type FieldValue =
  string | boolean | null | Buffer | FieldNumber | FieldDecimal | FieldArray | FieldTable;
export type FieldArray = readonly FieldValue[];
/** Names and values, in wire order. A Map, so that names such as `__proto__` are only names. */
export type FieldTable = ReadonlyMap<string, FieldValue>;

/** How deep tables and arrays may nest: the outermost table is at depth 1. */
export const fieldDepthMax = 32;

/** The table without entries. */
export const emptyFieldTable: FieldTable = new Map();

/** A signed 64-bit integer: what RabbitMQ uses for counts and sizes. */
export function int64(value: number | bigint): FieldNumber {
  return new FieldNumber('int64', value);
}

/** A point in time, in seconds since 1970. */
export function timestamp(seconds: number | bigint): FieldNumber {
  return new FieldNumber('timestamp', seconds);
}

/** Whether `value` is a nested table. */
export function isFieldTable(value: FieldValue | undefined): value is FieldTable {
  return value instanceof Map;
}

/** Whether `value` is an array of values. */
export function isFieldArray(value: FieldValue | undefined): value is FieldArray {
  return Array.isArray(value);
}

/**
 * The value as an integer, whatever its width; undefined for every other kind, timestamps and floats included.
 * Beyond ±2^53 the nearest number.
 */
export function integerOf(value: FieldValue | undefined): number | undefined {
  if (!(value instanceof FieldNumber)) return undefined;
  if (value.kind === 'float' || value.kind === 'double' || value.kind === 'timestamp') return undefined;
  return Number(value.value);
}

/** Whether a number holds `value` exactly. */
function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}
