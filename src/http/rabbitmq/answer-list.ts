/**
 * Answers a list: filtered, sorted, cut to a page, with the columns that were asked for, and written some rows at a
 * time. Invariant: only rows are held for the whole list; items are made when they are written.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pacer } from '../../kernel/index.js';
import { onlyColumns, valueAt, type Item } from './columns.js';
import { listRequest, type ListRequest, type PageRequest } from './list-request.js';
import { json, type RabbitAnswer, type Visit } from './rabbit-route.js';
import { WordedRefusal } from './refusal.js';
import { sortInSlices } from './sort-in-slices.js';

/** Items are written in pieces of about so many characters. */
const pieceLength = 16_384;

/** A list over rows of any kind. */
export interface Listing<Row> {
  readonly rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>;
  /** What names a row: the filter looks at it. */
  readonly name: (row: Row) => string;
  /** The order unless another is asked for. */
  readonly order: (row: Row) => readonly string[];
  /** `only`: the columns that are wanted; others may be left out. Undefined: all of them. */
  readonly item: (row: Row, only?: ReadonlySet<string>) => Item;
  /** False: RabbitMQ gives this list whole, whatever page is asked for. */
  readonly isPaged: boolean;
}

/** A row and what it is sorted by. */
interface Placed<Row> {
  readonly row: Row;
  readonly keys: readonly unknown[];
}

/** Throws `bad-input` for a page that is not there. */
export async function answerList<Row>(visit: Visit, listing: Listing<Row>): Promise<RabbitAnswer> {
  const request = listRequest(visit);
  const page = listing.isPaged ? request.page : undefined;
  const pacer = new Pacer(visit.source.clock, nextTurn);
  const { placed, total } = await collect(listing, request, page, pacer);
  const sorted = await sortInSlices(placed, comparison(request.isReversed));
  const { columns } = request;
  const only = columns && topLevel(columns);
  const item = (row: Row): Item => onlyColumns(listing.item(row, only), columns);
  if (page === undefined) return { kind: 'stream', json: written(sorted, item, pacer) };
  return json(await pageOf(sorted, total, page, item, pacer));
}

function topLevel(paths: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(paths.map(([name = '']) => name));
}

async function collect<Row>(
  listing: Listing<Row>,
  { sort }: ListRequest,
  page: PageRequest | undefined,
  pacer: Pacer,
): Promise<{ readonly placed: Placed<Row>[]; readonly total: number }> {
  const placed: Placed<Row>[] = [];
  let total = 0;
  const only = sort && topLevel([sort]);
  for await (const slice of listing.rows) {
    for (const row of slice) {
      total++;
      if (pacer.isDue) await pacer.pause();
      if (page !== undefined && !page.keeps(listing.name(row))) continue;
      const own = listing.order(row);
      placed.push({ row, keys: sort === undefined ? own : [valueAt(listing.item(row, only), sort), ...own] });
    }
  }
  return { placed, total };
}

/** Numbers before texts, and what has no value first, as Erlang's `null` and `undefined` go before both. */
function rank(value: unknown): number {
  if (typeof value === 'number') return 1;
  return typeof value === 'string' ? 3 : typeof value === 'boolean' ? 2 : 0;
}

function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (rankA === 0) return 0;
  return (a as string) < (b as string) ? -1 : 1;
}

function comparison(isReversed: boolean) {
  const direction = isReversed ? -1 : 1;
  return ({ keys: a }: Placed<unknown>, { keys: b }: Placed<unknown>): number => {
    for (let index = 0; index < a.length; index++) {
      const order = compareValues(a[index], b[index]);
      if (order !== 0) return order * direction;
    }
    return 0;
  };
}

async function pageOf<Row>(
  sorted: readonly Placed<Row>[],
  total: number,
  { page, pageSize }: PageRequest,
  item: (row: Row) => Item,
  pacer: Pacer,
): Promise<Item> {
  const pageCount = Math.ceil(sorted.length / pageSize);
  if (page > Math.max(1, pageCount)) {
    const words = `Page out of range, page: ${page} page size: ${pageSize}, len: ${sorted.length}`;
    throw new WordedRefusal('bad-input', 'page_out_of_range', words);
  }
  const items: Item[] = [];
  for (const { row } of sorted.slice((page - 1) * pageSize, page * pageSize)) {
    items.push(item(row));
    if (pacer.isDue) await pacer.pause();
  }
  return {
    filtered_count: sorted.length,
    item_count: items.length,
    items,
    page,
    page_count: pageCount,
    page_size: pageSize,
    total_count: total,
  };
}

async function* written<Row>(
  sorted: readonly Placed<Row>[],
  item: (row: Row) => Item,
  pacer: Pacer,
): AsyncGenerator<string> {
  let text = '[';
  pacer.restart();
  for (const [index, { row }] of sorted.entries()) {
    text += (index === 0 ? '' : ',') + JSON.stringify(item(row));
    if (pacer.isDue) await pacer.pause();
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}

/** A list that is short, as one slice. */
export function short<Row>(
  rows: readonly Row[],
  item: (row: Row) => Item,
  order: (row: Row) => readonly string[],
): Listing<Row> {
  return { rows: [rows], item, order, name: (row) => order(row).at(-1) ?? '', isPaged: false };
}
