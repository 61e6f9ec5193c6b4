/**
 * Payloads and results on their way to and from the wire: JSON in UTF-8, `undefined` as no bytes at all. Invariant:
 * what was encoded here decodes; anything else is refused by a typed error that says whose value it was.
 */
import { messageOf, SluiceError } from '../kernel/index.js';
import { SchemaMismatch } from './task-errors.js';

const nothing = Buffer.alloc(0);

/** Throws `bad-input` for what JSON cannot hold: a cycle, a bigint, a function. */
export function encodeValue(value: unknown, what: string): Buffer {
  if (value === undefined) return nothing;
  return Buffer.from(jsonOf(value, what));
}

/** JSON text, `undefined` for `undefined`. */
export function jsonOf(value: unknown, what: string): string {
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new SluiceError('bad-input', `${what} cannot be written as JSON: ${firstLine(messageOf(error))}`, {
      cause: error,
    });
  }
  if (typeof text === 'string') return text;
  throw new SluiceError('bad-input', `${what} is a ${typeof value}, which JSON does not have`);
}

/** Throws `SchemaMismatch` for what is no JSON. */
export function decodeValue(text: string, what: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaMismatch(what, [`it is not JSON: ${messageOf(error)}`], error);
  }
}

/** Engines tell a cycle in several lines. */
function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
