/**
 * One search through a queue: request after request, until it has found a page of messages, has come to the end or is
 * stopped. Invariant: what an earlier search still hears no longer counts.
 */
import { reasonOf } from '../../server/api.ts';
import type { FoundMessage, SearchAnswer } from './answers.ts';
import type { Where } from './filter.ts';

/** From where to where to look, and how many to find at most. */
export interface Stretch {
  readonly from: number | undefined;
  readonly until: number | undefined;
  readonly limit: number;
}

export type ReadFound = (where: Where, stretch: Stretch, signal: AbortSignal) => Promise<SearchAnswer>;

/** Found before it stops by itself. */
const pageMessages = 50;

export class Hunt {
  items = $state.raw<readonly FoundMessage[]>([]);
  lookedAt = $state(0);
  total = $state(0);
  partly = $state(0);
  undecodable = $state(0);
  unreadable = $state(0);
  /** There are messages behind those that were looked at, which an engine beside does not hand out. */
  isCut = $state(false);
  /** Where to go on; undefined: it came to the end, or has not begun. */
  next = $state<number | undefined>(undefined);
  isRunning = $state(false);
  hasBegun = $state(false);
  refusal = $state('');
  readonly #read: ReadFound;
  #where: Where = {};
  #until: number | undefined;
  #abort: AbortController | undefined;

  constructor(read: ReadFound) {
    this.#read = read;
  }

  async begin(where: Where): Promise<void> {
    this.stop();
    this.#where = where;
    this.#until = undefined;
    this.items = [];
    this.lookedAt = this.total = this.partly = this.undecodable = this.unreadable = 0;
    this.isCut = false;
    this.next = 0;
    this.hasBegun = true;
    await this.further();
  }

  /** Finds up to a page of further messages. */
  async further(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    this.isRunning = true;
    this.refusal = '';
    const enough = this.items.length + pageMessages;
    try {
      while (this.next !== undefined && this.items.length < enough) await this.#step(enough, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.refusal = reasonOf(error);
    } finally {
      if (this.#abort === abort) this.isRunning = false;
    }
  }

  async #step(enough: number, signal: AbortSignal): Promise<void> {
    const stretch = { from: this.next, until: this.#until, limit: enough - this.items.length };
    const answer = await this.#read(this.#where, stretch, signal);
    if (signal.aborted) throw new DOMException('stopped', 'AbortError');
    this.items = [...this.items, ...answer.items];
    this.lookedAt += answer.lookedAt;
    this.total = Math.max(answer.total, this.lookedAt);
    this.partly += answer.partly;
    this.undecodable += answer.undecodable;
    this.unreadable += answer.unreadable;
    this.isCut = answer.stoppedBy !== undefined;
    this.#until = answer.until;
    this.next = answer.next;
  }

  stop(): void {
    this.#abort?.abort();
    this.isRunning = false;
  }

  /** Messages that have left the queue leave the list. */
  forget(positions: ReadonlySet<number>): void {
    this.items = this.items.filter(({ position }) => !positions.has(position));
  }
}
