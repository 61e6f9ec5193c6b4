/** Lists of a management API, a page at a time. Invariant: no list is read further than so many pages. */
import { fieldsOf, listOf, numberIn } from './management-fields.js';
import type { Asking } from './management-http.js';

const pageItems = 500;
/** 50,000 queues; connections, channels and exchanges likewise. */
const pagesMax = 100;

/** A list, and whether there is more of it. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

/** `list`: the path behind `/api/`. */
export async function pagesOf<Item>(
  ask: Asking,
  list: string,
  columns: readonly string[],
  itemOf: (item: unknown) => Item,
): Promise<Listed<Item>> {
  const items: Item[] = [];
  for (let page = 1; page <= pagesMax; page++) {
    const paging = `page=${page}&page_size=${pageItems}&columns=${columns.join(',')}`;
    const answer = fieldsOf(await ask(`/api/${list}?${paging}`));
    for (const item of listOf(answer['items'])) items.push(itemOf(item));
    if (page >= (numberIn(answer, 'page_count') ?? 0)) return { items, hasMore: false };
  }
  return { items, hasMore: true };
}

/** What comes and goes while pages are read can stand on two of them. */
export function onceEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
