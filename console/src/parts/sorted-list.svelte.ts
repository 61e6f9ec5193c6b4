/**
 * A list that the server searches and sorts; what it is searched for and sorted by stands in the address. Invariants: an
 * answer that was overtaken by another question is not shown; and no more rows are held than one request may ask for.
 */
import { router } from '../router.svelte.ts';
import { reasonOf, Refusal, type Page } from '../server/api.ts';
import { steps } from '../steps.ts';

export interface ListQuery {
  readonly limit: number;
  readonly sort: string;
  readonly contains: string;
  readonly after: string | undefined;
}

export type ReadPage<Row> = (query: ListQuery, signal: AbortSignal) => Promise<Page<Row>>;

/** Shown at first, and with each further step. */
const pageRows = 100;
/** As many as the server gives at once: a list that is loaded anew is one request. */
export const rowsMax = 1_000;

export class SortedList<Row> {
  rows = $state.raw<readonly Row[]>([]);
  /** Undefined: not known. */
  total = $state<number | undefined>(undefined);
  refusal = $state('');
  #next = $state<string | undefined>(undefined);
  readonly #read: ReadPage<Row>;
  readonly #keepsRefused: boolean;
  #asking: AbortController | undefined;
  /** Whoever comes back finds as many rows as there were. */
  #begins = Math.min(rowsMax, steps.noted('rows') ?? pageRows);

  /** @param keepsRefused - whether rows stay when the server refuses to tell them anew. */
  constructor(read: ReadPage<Row>, keepsRefused = true) {
    this.#read = read;
    this.#keepsRefused = keepsRefused;
  }

  get sort(): string {
    return router.place.query['sort'] ?? 'name';
  }

  get contains(): string {
    return router.place.query['contains'] ?? '';
  }

  get hasMore(): boolean {
    return this.#next !== undefined && this.rows.length < rowsMax;
  }

  /** There are more than are ever shown. */
  get isCut(): boolean {
    return this.#next !== undefined && this.rows.length >= rowsMax;
  }

  async load(kind: 'first' | 'more' | 'again'): Promise<void> {
    this.stop();
    const mine = (this.#asking = new AbortController());
    const held = this.rows.length;
    const limit =
      kind === 'again'
        ? Math.min(rowsMax, Math.max(pageRows, held))
        : kind === 'more'
          ? Math.min(pageRows, rowsMax - held)
          : this.#begins;
    const after = kind === 'more' ? this.#next : undefined;
    try {
      const page = await this.#read({ limit, sort: this.sort, contains: this.contains, after }, mine.signal);
      if (mine.signal.aborted) return;
      this.rows = kind === 'more' ? [...this.rows, ...page.items] : page.items;
      this.total = page.total;
      this.#next = page.next;
      this.refusal = '';
      this.#begins = pageRows;
      if (kind !== 'again') steps.note('rows', this.rows.length);
    } catch (error) {
      if (!mine.signal.aborted) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.refusal = reasonOf(error);
    if (this.#keepsRefused || !(error instanceof Refusal)) return;
    // What is known no longer is not shown as if it were.
    this.rows = [];
    this.total = undefined;
    this.#next = undefined;
  }

  stop(): void {
    this.#asking?.abort();
  }
}
