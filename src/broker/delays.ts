/**
 * The messages of one queue that wait for a moment: the end of their delay, or of the time that they may be held.
 * Invariant: every `delayed` entry is in the heap at the moment that its column says, and every `held` one at its
 * expiry; entries that say another one, or are neither any longer, mean nothing and are passed over.
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

  /** An entry became `delayed` until `dueMs`, Unix ms, or `held`. */
  add(position: number, dueMs: number): void {
    this.#heap ??= new RankHeap((at) => momentOf(this.#backlog, at) < Infinity);
    const atMs =
      this.#backlog.stateAt(position) === EntryState.held ? momentOf(this.#backlog, position) : dueMs;
    if (atMs < Infinity) this.#heap.push(atMs, position);
  }

  /** An entry is delayed or held no longer, by something else than `takeDue`. */
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
      if (momentOf(this.#backlog, position) === dueMs) return position;
    }
    return -1;
  }
}

/** When a delayed entry is due, or a held one expires; Infinity: never, or it is neither. */
function momentOf(backlog: Backlog, position: number): number {
  const page = backlog.pageOf(position);
  if (page === undefined) return Infinity;
  const slot = position % pageEntries;
  const state = page.state(slot);
  if (state === EntryState.delayed) return page.due?.[slot] ?? Infinity;
  if (state !== EntryState.held) return Infinity;
  const expiryMs = page.expiry?.[slot] ?? 0;
  return expiryMs === 0 ? Infinity : expiryMs;
}
