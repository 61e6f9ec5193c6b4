/**
 * One page of a long list: rows go by in any order, and the page keeps those that come next after its cursor.
 * Invariant: it never holds more rows than it gives, and one that stays in the list is on exactly one page.
 */
import { SluiceError } from '../../kernel/index.js';

/** What a row is sorted by; undefined: unknown, and last whichever way the list is sorted. */
type Value = string | number | undefined;

/** What a list can be sorted by, and what makes two rows different. */
export interface RowOrder<Row> {
  /** Values by the names that a request may sort by. */
  readonly sorts: Readonly<Record<string, (row: Row) => Value>>;
  /** Together unlike those of any other row; they decide between equal values. */
  readonly key: (row: Row) => readonly string[];
}

interface Place {
  readonly value: Value;
  readonly key: readonly string[];
}

interface Cursor extends Place {
  readonly sort: string;
}

/** A page as it is answered. */
export interface PageAnswer<Row> {
  readonly items: readonly Row[];
  /** Rows of the whole list, now. */
  readonly total: number;
  /** What `after` takes for the next page; undefined: this is the last. */
  readonly next: string | undefined;
}

export class Page<Row> {
  readonly #order: RowOrder<Row>;
  readonly #limit: number;
  readonly #sort: string;
  readonly #valueOf: (row: Row) => Value;
  readonly #direction: 1 | -1;
  readonly #after: Place | undefined;
  /** In order; one more than the page gives tells that there is a next page. */
  readonly #kept: { readonly place: Place; readonly row: Row }[] = [];
  #total = 0;

  /** `sort`: a name in `order.sorts`, with `-` in front for the reverse. Throws `bad-input`. */
  constructor(order: RowOrder<Row>, limit: number, sort: string, after: string | undefined) {
    const name = sort.startsWith('-') ? sort.slice(1) : sort;
    const valueOf = Object.hasOwn(order.sorts, name) ? order.sorts[name] : undefined;
    if (valueOf === undefined) {
      const known = Object.keys(order.sorts).join(', ');
      throw new SluiceError('bad-input', `sort: one of ${known}, with - in front for the reverse`);
    }
    this.#order = order;
    this.#limit = limit;
    this.#sort = sort;
    this.#valueOf = valueOf;
    this.#direction = sort === name ? 1 : -1;
    this.#after = after === undefined ? undefined : readCursor(after, sort);
  }

  add(row: Row): void {
    this.#total++;
    const place = { value: this.#valueOf(row), key: this.#order.key(row) };
    if (this.#after !== undefined && this.#compare(place, this.#after) <= 0) return;
    const last = this.#kept[this.#limit];
    if (last !== undefined && this.#compare(place, last.place) >= 0) return;
    this.#kept.splice(this.#indexFor(place), 0, { place, row });
    if (this.#kept.length > this.#limit + 1) this.#kept.pop();
  }

  answer(): PageAnswer<Row> {
    const given = this.#kept.slice(0, this.#limit);
    const last = this.#kept.length > this.#limit ? given.at(-1) : undefined;
    return {
      items: given.map(({ row }) => row),
      total: this.#total,
      next: last === undefined ? undefined : writeCursor({ sort: this.#sort, ...last.place }),
    };
  }

  #indexFor(place: Place): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#kept[middle]!.place, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(a: Place, b: Place): number {
    if (a.value !== b.value) {
      if (a.value === undefined) return 1;
      if (b.value === undefined) return -1;
      return (a.value < b.value ? -1 : 1) * this.#direction;
    }
    for (const [index, part] of a.key.entries()) {
      const other = b.key[index] ?? '';
      if (part !== other) return part < other ? -1 : 1;
    }
    return 0;
  }
}

function writeCursor({ sort, value, key }: Cursor): string {
  return Buffer.from(JSON.stringify([sort, value ?? null, ...key])).toString('base64url');
}

function readCursor(text: string, sort: string): Place {
  const [given, value, ...key] = partsOf(text);
  const isPlace = value === null || typeof value === 'string' || typeof value === 'number';
  if (given !== sort || !isPlace || !key.every((part) => typeof part === 'string')) throw notACursor();
  return { value: value ?? undefined, key };
}

function partsOf(text: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (Array.isArray(parts)) return parts;
  } catch {
    // Not one of ours.
  }
  throw notACursor();
}

function notACursor(): SluiceError {
  return new SluiceError('bad-input', 'after: not the "next" of a page with this sort');
}
