/**
 * Field tables from and to plain JavaScript values: for arguments written by hand, and for views in JSON. The way
 * to JSON loses the wire types; the way from it chooses RabbitMQ's.
 */
import { SluiceError } from '../../kernel/index.js';
import { FieldDecimal, fieldDepthMax, FieldNumber, isFieldArray, isFieldTable } from './field-value.js';
import type { FieldTable, FieldValue } from './field-value.js';

/** What a JSON view of a field value holds. 64-bit integers beyond ±2^53 are decimal strings, bytes are base64. */
export type PlainValue = string | number | boolean | null | PlainValue[] | { [name: string]: PlainValue };

/**
 * Makes a table from a plain object or Map. Integers become signed 64-bit, other numbers doubles, a `Date` a
 * timestamp, a `Uint8Array` bytes; field values stay what they are; undefined entries are left out.
 *
 * @throws SluiceError `bad-input` for a value that has no wire type, or nesting deeper than `fieldDepthMax`.
 */
export function fieldTable(
  source: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>,
): FieldTable {
  return tableFrom(source instanceof Map ? source : Object.entries(source), 1);
}

/** The table as a JSON-ready object without a prototype, so that `__proto__` is only a name. */
export function toPlain(table: FieldTable): Record<string, PlainValue> {
  const plain = Object.create(null) as Record<string, PlainValue>;
  for (const [name, value] of table) plain[name] = plainValue(value);
  return plain;
}

/** One value as JSON shows it. */
export function plainValue(value: FieldValue): PlainValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof FieldNumber)
    return typeof value.value === 'bigint' ? value.value.toString() : value.value;
  if (value instanceof FieldDecimal) return value.unscaled / 10 ** value.scale;
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (isFieldTable(value)) return toPlain(value);
  return isFieldArray(value) ? value.map(plainValue) : null;
}

function tableFrom(entries: Iterable<readonly [string, unknown]>, depth: number): FieldTable {
  if (depth > fieldDepthMax) throw new SluiceError('bad-input', `nested deeper than ${fieldDepthMax}`);
  const table = new Map<string, FieldValue>();
  for (const [name, value] of entries) {
    if (value !== undefined) table.set(name, valueFrom(value, depth));
  }
  return table;
}

function valueFrom(source: unknown, depth: number): FieldValue {
  if (source === null || typeof source === 'string' || typeof source === 'boolean') return source;
  if (typeof source === 'number')
    return new FieldNumber(Number.isSafeInteger(source) ? 'int64' : 'double', source);
  if (typeof source === 'bigint') return integerFrom(source);
  if (typeof source === 'object') return objectFrom(source, depth);
  throw new SluiceError('bad-input', `a field table cannot hold a ${typeof source}`);
}

function integerFrom(source: bigint): FieldNumber {
  if (BigInt.asIntN(64, source) === source) return new FieldNumber('int64', source);
  throw new SluiceError('bad-input', 'an integer does not fit 64 bits');
}

function objectFrom(source: object, depth: number): FieldValue {
  if (source instanceof FieldNumber || source instanceof FieldDecimal) return source;
  if (source instanceof Uint8Array) return Buffer.from(source);
  if (source instanceof Date)
    return new FieldNumber('timestamp', Math.max(0, Math.floor(source.getTime() / 1000)));
  if (source instanceof Map) return tableFrom(source as ReadonlyMap<string, unknown>, depth + 1);
  if (!Array.isArray(source)) return tableFrom(Object.entries(source), depth + 1);
  if (depth >= fieldDepthMax) throw new SluiceError('bad-input', `nested deeper than ${fieldDepthMax}`);
  return source.map((element) => valueFrom(element ?? null, depth + 1));
}
