/** Header tables to and from the client library's notation, in which `{ '!': kind, value }` names a wire type. */
import { SluiceError } from '../../kernel/index.js';
import type { HeaderTable, HeaderValue } from '../index.js';

interface Tagged {
  readonly '!': string;
  readonly value: unknown;
}

/** Throws `bad-input` for a value that has no wire type. */
export function toWire(table: HeaderTable): Record<string, unknown> {
  const wire = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(table)) wire[name] = wireValue(value);
  return wire;
}

function wireValue(value: HeaderValue): unknown {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return { '!': Number.isSafeInteger(value) ? 'int64' : 'double', value };
  if (typeof value === 'bigint') return { '!': 'int64', value };
  if (typeof value === 'object') return objectToWire(value);
  throw new SluiceError('bad-input', `a header cannot hold a ${typeof value}`);
}

function objectToWire(value: Exclude<HeaderValue, string | number | bigint | boolean>): unknown {
  if (value === null) return null;
  if (value instanceof Date)
    return { '!': 'timestamp', value: Math.max(0, Math.floor(value.getTime() / 1000)) };
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map((element) => wireValue(element as HeaderValue));
  if (Object.hasOwn(value, '!'))
    throw new SluiceError('bad-input', `a header table cannot have the name '!'`);
  return toWire(value as HeaderTable);
}

/** Headers as they came. */
export function fromWire(wire: Readonly<Record<string, unknown>>): HeaderTable {
  const table = Object.create(null) as Record<string, HeaderValue>;
  for (const [name, value] of Object.entries(wire)) table[name] = valueFromWire(value);
  return table;
}

/** A header's value as it came. */
export function valueFromWire(value: unknown): HeaderValue {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value as HeaderValue;
  if (Array.isArray(value)) return value.map(valueFromWire);
  if (Object.hasOwn(value, '!')) return taggedFrom(value as Tagged);
  return fromWire(value as Readonly<Record<string, unknown>>);
}

function taggedFrom({ '!': kind, value }: Tagged): HeaderValue {
  if (kind === 'timestamp') return new Date(Number(value) * 1000);
  const { places, digits } = value as { readonly places: number; readonly digits: number };
  return digits / 10 ** places;
}
