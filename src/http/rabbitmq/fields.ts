/**
 * The fields of a body, read as RabbitMQ reads them: numbers and truth values may come as texts, and fields that nobody
 * knows are passed over. Invariant: a value of the wrong kind is refused with the field's name, never guessed.
 */
import { SluiceError } from '../../kernel/index.js';

/** A JSON object of unknown fields. */
export type Table = Readonly<Record<string, unknown>>;

function wrong(name: string, what: string): SluiceError {
  return new SluiceError('bad-input', `${name}: not ${what}`);
}

/** Reads the fields of one JSON object. */
export class Fields {
  readonly #given: Table;

  constructor(given: Table) {
    this.#given = given;
  }

  /** The object itself. */
  get all(): Table {
    return this.#given;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): unknown {
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
    return value === null ? undefined : value;
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw wrong(name, 'a text');
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missing(name);
    return value;
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.get(name) ?? otherwise;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw wrong(name, 'a boolean');
  }

  integer(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isSafeInteger(number)) return number;
    throw wrong(name, 'an integer');
  }

  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === undefined) throw missing(name);
    return value;
  }

  /** A table; an empty list stands for an empty one, as some clients write it. */
  table(name: string): Table {
    const value = this.get(name) ?? {};
    if (Array.isArray(value) && value.length === 0) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Table;
    throw wrong(name, 'an object');
  }

  list(name: string): readonly unknown[] {
    const value = this.get(name) ?? [];
    if (Array.isArray(value)) return value;
    throw wrong(name, 'a list');
  }
}

/** RabbitMQ's words for a field that must be there. */
export function missing(name: string): SluiceError {
  return new SluiceError('bad-input', `[{key_missing,${name}}]`);
}
