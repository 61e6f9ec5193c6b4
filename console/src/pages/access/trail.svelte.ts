/**
 * The audit trail as the page shows it: newest first, growing at both ends. Invariants: no record twice; a question that
 * was overtaken by another changes nothing; and a long search goes on by itself only so far, then waits to be told.
 */
import { api, type Query, reasonOf } from '../../server/api.ts';
import type { AuditAnswer, AuditRecord } from './answers.ts';

const pageRecords = 100;
/** Each looks through 8 MiB of the log. */
const searchesMax = 8;
/** More are let go, the oldest first, while new ones come. */
const recordsMax = 5_000;

export class Trail {
  records = $state.raw<readonly AuditRecord[]>([]);
  /** Undefined: nothing older. */
  next = $state<string | undefined>(undefined);
  reachedMs = $state<number | undefined>(undefined);
  unreadable = $state(0);
  isSearching = $state(false);
  refusal = $state('');
  #query: Query = {};
  #asking: AbortController | undefined;

  /** Begins anew with another question, and finds so many records at first. */
  async ask(query: Query, wanted = pageRecords): Promise<void> {
    this.#query = query;
    this.records = [];
    this.next = undefined;
    this.reachedMs = undefined;
    this.unreadable = 0;
    await this.#search(undefined, Math.min(recordsMax, Math.max(pageRecords, wanted)));
  }

  /** Older records. */
  async more(): Promise<void> {
    if (this.next !== undefined) await this.#search(this.next, pageRecords);
  }

  /** What was recorded since. */
  async fresh(): Promise<void> {
    if (this.isSearching) return;
    const asked = this.#query;
    try {
      const { items } = await api.ask<AuditAnswer>('/v1/audit', { query: { ...asked, limit: pageRecords } });
      if (asked !== this.#query) return;
      this.refusal = '';
      this.#addNewer(items);
    } catch (error) {
      if (asked === this.#query) this.refusal = reasonOf(error);
    }
  }

  stop(): void {
    this.#asking?.abort();
  }

  #addNewer(items: readonly AuditRecord[]): void {
    const newest = this.records[0]?.sequence ?? 0;
    const newer = items.filter(({ sequence }) => sequence > newest);
    if (newer.length === 0) return;
    // More came than a page holds: what is between would be missing.
    if (newer.length === pageRecords && this.records.length > 0) void this.ask({ ...this.#query });
    else this.records = [...newer, ...this.records].slice(0, recordsMax);
  }

  async #search(after: string | undefined, wanted: number): Promise<void> {
    this.#asking?.abort();
    const mine = (this.#asking = new AbortController());
    this.isSearching = true;
    let [cursor, found] = [after, 0];
    try {
      const searches = searchesMax * Math.ceil(wanted / pageRecords);
      for (let search = 0; search < searches && found < wanted; search++) {
        const answer: AuditAnswer = await api.ask<AuditAnswer>('/v1/audit', {
          query: { ...this.#query, limit: Math.min(pageRecords, wanted - found), after: cursor },
          signal: mine.signal,
        });
        this.records = [...this.records, ...answer.items];
        found += answer.items.length;
        this.unreadable += answer.unreadable;
        this.reachedMs = answer.reachedMs ?? this.reachedMs;
        this.next = cursor = answer.next;
        if (cursor === undefined) break;
      }
      this.refusal = '';
    } catch (error) {
      if (!mine.signal.aborted) this.refusal = reasonOf(error);
    } finally {
      if (this.#asking === mine) this.isSearching = false;
    }
  }
}
