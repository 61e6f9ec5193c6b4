/**
 * The messages of one queue that wait for a moment. Invariant: every `delayed` entry is in the heap at the moment that
 * its column says; entries that say another one, or are no longer delayed, mean nothing and are passed over.
 */
import { RankHeap } from '../scheduling/index.js';
import type { Backlog } from './backlog.js';
import { EntryState, pageEntries } from './page.js';

export class Delays {
  readonly #backlog: Backlog;
  #heap: RankHeap | undefined = undefined;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** An entry became `delayed` until `dueMs`, Unix ms. */
  add(position: number, dueMs: number): void {
    this.#heap ??= new RankHeap((at) => this.#backlog.stateAt(at) === EntryState.delayed);
    this.#heap.push(dueMs, position);
  }

  /** An entry is delayed no longer, by something else than `takeDue`. */
  noteGone(): void {
    this.#heap?.noteDead();
  }

  /** When the next one may be due, Unix ms; Infinity when none is delayed. */
  nextDueMs(): number {
    return this.#heap?.peekRank() ?? Infinity;
  }

  /** The first one when it is due, taken out; else -1. */
  takeDue(nowMs: number): number {
    for (let dueMs = this.nextDueMs(); dueMs <= nowMs; dueMs = this.nextDueMs()) {
      const position = this.#heap!.pop();
      // It may have been released and held back again since: the later entry counts.
      const page = this.#backlog.pageOf(position);
      if (page?.due?.[position % pageEntries] === dueMs) return position;
    }
    return -1;
  }
}
