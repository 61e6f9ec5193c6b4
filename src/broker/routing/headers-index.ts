/**
 * Bindings matched by message headers. Each is filed under a header it cannot do without (or, where one of
 * several is enough, under each), so a message is compared only with bindings that share a header value with
 * it. Invariant: a binding that matches is filed under something the message has, or under `#unconditional`.
 */
import { assert } from '../../kernel/index.js';
import {
  emptyFieldTable,
  FieldNumber,
  tablesEquivalent,
  type FieldTable,
  type FieldValue,
} from '../content/index.js';
import type { BindingIndex, HeaderLookup, RouteCollector } from './binding-index.js';
import {
  comparable,
  headerMatchOf,
  matchesHeaders,
  type Criterion,
  type HeaderMatch,
} from './header-match.js';

interface Entry<Destination> {
  readonly destination: Destination;
  readonly bindingArguments: FieldTable;
  readonly match: HeaderMatch;
}

/** A value that can be looked up; equal values have equal ones, and what shares one is still compared. */
type FilingValue = string | number | bigint | boolean;

/** The bindings that ask for one header: for its value, or in ways that only a comparison can tell. */
class HeaderFile<Destination> {
  readonly byValue = new Map<FilingValue, Entry<Destination>[]>();
  readonly others: Entry<Destination>[] = [];

  get isEmpty(): boolean {
    return this.byValue.size === 0 && this.others.length === 0;
  }
}

export class HeadersIndex<Destination> implements BindingIndex<Destination> {
  readonly #files = new Map<string, HeaderFile<Destination>>();
  /** Bindings that ask for nothing. */
  readonly #unconditional: Entry<Destination>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countPlaces(): number {
    let count = this.#unconditional.length === 0 ? 0 : 1;
    for (const file of this.#files.values()) count += 1 + file.byValue.size;
    return count;
  }

  add(_routingKey: string, destination: Destination, bindingArguments = emptyFieldTable): void {
    const match = headerMatchOf(bindingArguments);
    const entry = { destination, bindingArguments, match };
    if (match.criteria.length === 0 && match.needsAll) this.#unconditional.push(entry);
    for (const criterion of filedUnder(match)) this.#place(criterion).push(entry);
    this.#size++;
  }

  remove(_routingKey: string, destination: Destination, bindingArguments = emptyFieldTable): void {
    const match = headerMatchOf(bindingArguments);
    const isSame = (entry: Entry<Destination>): boolean =>
      entry.destination === destination && tablesEquivalent(entry.bindingArguments, bindingArguments);
    if (match.criteria.length === 0 && match.needsAll) takeOne(this.#unconditional, isSame);
    for (const criterion of filedUnder(match)) {
      takeOne(this.#place(criterion), isSame);
      this.#prune(criterion);
    }
    this.#size--;
  }

  route(_routingKey: string, headers: HeaderLookup, into: RouteCollector<Destination>): void {
    for (const entry of this.#unconditional) into.add(entry.destination);
    for (const [name, file] of this.#files) {
      const header = headers.get(name);
      if (header === undefined) continue;
      collectMatching(file.others, headers, into);
      const value = filingValue(header);
      if (value !== undefined) collectMatching(file.byValue.get(value), headers, into);
    }
  }

  /** The list that a criterion's bindings stand in, made if need be. */
  #place({ name, value }: Criterion): Entry<Destination>[] {
    let file = this.#files.get(name);
    if (file === undefined) this.#files.set(name, (file = new HeaderFile()));
    const filing = filingValue(value);
    if (filing === undefined) return file.others;
    let entries = file.byValue.get(filing);
    if (entries === undefined) file.byValue.set(filing, (entries = []));
    return entries;
  }

  /** Takes out what a removal left empty. */
  #prune({ name, value }: Criterion): void {
    const file = this.#files.get(name)!;
    const filing = filingValue(value);
    if (filing !== undefined && file.byValue.get(filing)?.length === 0) file.byValue.delete(filing);
    if (file.isEmpty) this.#files.delete(name);
  }
}

/** One criterion of those that must all hold, best one with a value; each of those of which one is enough. */
function filedUnder({ needsAll, criteria }: HeaderMatch): readonly Criterion[] {
  if (!needsAll || criteria.length <= 1) return criteria;
  return [criteria.find(({ value }) => filingValue(value) !== undefined) ?? criteria[0]!];
}

/** What a value is looked up by; undefined for void and for values that only a comparison can tell. */
function filingValue(value: FieldValue): FilingValue | undefined {
  const plain = comparable(value);
  if (plain instanceof FieldNumber) return plain.value;
  return typeof plain === 'string' || typeof plain === 'boolean' ? plain : undefined;
}

function collectMatching<Destination>(
  entries: readonly Entry<Destination>[] | undefined,
  headers: HeaderLookup,
  into: RouteCollector<Destination>,
): void {
  if (entries === undefined) return;
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]!;
    if (matchesHeaders(entry.match, headers)) into.add(entry.destination);
  }
}

/** Takes out the first entry that `isSame`; the last one moves to its place. */
function takeOne<Item>(items: Item[], isSame: (item: Item) => boolean): void {
  const at = items.findIndex(isSame);
  assert(at >= 0, 'only a held binding is removed');
  const last = items.pop()!;
  if (at < items.length) items[at] = last;
}
