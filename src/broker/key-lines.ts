/**
 * Which messages of one queue wait for an earlier one of their key. Invariant: a message that has been ready once keeps
 * its place in its key's line until it is gone, also while it waits for a retry.
 */
import { KeyGate } from '../scheduling/index.js';
import type { Backlog } from './backlog.js';
import { EntryState, pageEntries, type Page } from './page.js';

export class KeyLines {
  readonly #backlog: Backlog;
  #gate: KeyGate | undefined = undefined;

  constructor(backlog: Backlog) {
    this.#backlog = backlog;
  }

  /** Puts a message at the end of its key's line. True: it is the first. */
  enter(position: number, low: number, high: number): boolean {
    this.#gate ??= new KeyGate();
    return this.#gate.enqueue(low, high, position);
  }

  /** Whether a message stands in a line. */
  has(position: number): boolean {
    return this.#gate?.has(position) === true;
  }

  /** Whether it is the first of its line. */
  isFirst(position: number): boolean {
    return this.#gate?.isEligible(position) === true;
  }

  /** Takes a message out; gives the one that is first by this, or -1. */
  leave(position: number): number {
    return this.#gate?.has(position) === true ? this.#gate.remove(position) : -1;
  }

  /** The first of the line that a message of the key in `page` stands in, or would; -1: there is no line. */
  firstOf(page: Page, slot: number): number {
    return this.#gate?.headOf(page.key![slot * 2]!, page.key![slot * 2 + 1]!) ?? -1;
  }

  /** After recovery: messages that wait for a retry have their keys before all others. */
  rebuildHeldBack(): void {
    for (const { base, page } of this.#backlog.livePages()) {
      if (page.due === undefined || page.key === undefined) continue;
      for (let slot = 0; slot < pageEntries; slot++) {
        if (page.state(slot) === EntryState.delayed && page.isHeldBack(slot) && page.isKeyed(slot))
          this.#enterFrom(page, slot, base + slot);
      }
    }
  }

  #enterFrom(page: Page, slot: number, position: number): void {
    this.enter(position, page.key![slot * 2]!, page.key![slot * 2 + 1]!);
  }

  /** All that waited was taken out of the columns. */
  forgetWaiting(): void {
    const before = this.#gate;
    if (before === undefined) return;
    this.#gate = new KeyGate();
    // First those that were the first of their lines; whatever else is left of a line is on its way elsewhere.
    for (const isFirst of [true, false]) {
      for (const { base, page } of this.#backlog.livePages()) {
        if (page.key === undefined) continue;
        for (let slot = 0; slot < pageEntries; slot++) {
          const position = base + slot;
          if (!page.isKeyed(slot) || !isHeld(page.state(slot)) || !before.has(position)) continue;
          if (before.isEligible(position) === isFirst) this.#enterFrom(page, slot, position);
        }
      }
    }
  }
}

/** What a purge leaves, and may stand in a line. */
function isHeld(state: EntryState): boolean {
  return state === EntryState.unacknowledged || state === EntryState.moving || state === EntryState.delayed;
}
