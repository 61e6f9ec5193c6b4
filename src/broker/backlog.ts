/**
 * The messages of one queue by position: a row of pages, front to back. Positions count from 0 for the life of
 * the queue and are never used twice; a gap is an entry that is gone. Invariant: the counts equal what the
 * pages hold, and nothing below `head` is live.
 */
import { assert } from '../kernel/index.js';
import type { NewEntry } from './new-entry.js';
import { entryMeta, EntryState, Page, pageEntries } from './page.js';

/** Where a record stands in the journal. */
export interface Location {
  readonly segment: number;
  readonly offset: number;
}

/** Told of every record that gains or loses a reference, for the journal's account of live bytes. */
export interface LivenessAccount {
  retain(segment: number, bytes: number): void;
  release(segment: number, bytes: number): void;
}

/** What an entry adds to its body in the journal, about. */
const recordOverheadBytes = 96;

/** The expiry of a message with no time to live: past at any time, and offered to consumers once before it counts. */
export const expiresAtOnce = 1;

export class Backlog {
  readonly #account: LivenessAccount;
  readonly #plainLevel: number | undefined;
  /** Pages from `#firstPage` on; a page whose entries are all gone is undefined. */
  #pages: (Page | undefined)[] = [];
  #firstPage = 0;
  /** Index in `#pages` of the first page that may be live. */
  #front = 0;
  /** The next position to be given out. */
  tail = 0;
  /** No ready entry stands below it (for delivery in order of position). */
  #cursor = 0;
  /** No entry below it waits for a consumer, or is with one; whoever looks for the first of them moves it up. */
  pendingFrom = 0;

  ready = 0;
  /** Ready entries that go by position: all, unless the queue has levels of priority. */
  readyPlain = 0;
  unacknowledged = 0;
  /** Of those, the ones on their way elsewhere: with no consumer any more. */
  moving = 0;
  delayed = 0;
  gated = 0;
  held = 0;
  /** Called when an entry begins or ends to be with a consumer. */
  onHeld: ((page: Page, slot: number, by: 1 | -1) => void) | undefined = undefined;
  /** Body bytes of everything live, and of what waits. */
  bytes = 0;
  waitingBytes = 0;

  /** `plainLevel`: entries of another priority do not go by position, so `firstReady` passes them over. */
  constructor(account: LivenessAccount, tail = 0, plainLevel?: number) {
    this.#account = account;
    this.#plainLevel = plainLevel;
    this.tail = tail;
    this.#firstPage = Math.floor(tail / pageEntries);
    this.#cursor = tail;
  }

  /** Ready, or only held back by an earlier message of its key: what a queue's length means. */
  get waiting(): number {
    return this.ready + this.gated;
  }

  get live(): number {
    return this.ready + this.unacknowledged + this.delayed + this.gated + this.held;
  }

  /** The page of a position, if any of its entries is live. */
  pageOf(position: number): Page | undefined {
    return this.#pages[Math.floor(position / pageEntries) - this.#firstPage];
  }

  #pageForAppend(position: number): Page {
    const index = Math.floor(position / pageEntries);
    if (this.#pages.length === 0) {
      this.#firstPage = index;
      this.#front = 0;
    }
    const at = index - this.#firstPage;
    // The page before stayed, empty, only because entries could still come to it.
    if (this.#pages.length <= at && this.#pages.at(-1)?.live === 0) this.#drop(this.#pages.length - 1);
    while (this.#pages.length <= at) this.#pages.push(undefined);
    return (this.#pages[at] ??= new Page());
  }

  /** Adds an entry at `entry.position`, at or beyond the tail. */
  add(entry: NewEntry): void {
    assert(entry.position >= this.tail, 'positions are given out once');
    const page = this.#pageForAppend(entry.position);
    page.beforeChange?.(page);
    const slot = entry.position % pageEntries;
    const meta = entryMeta(
      entry.state,
      entry.priority,
      entry.transient,
      entry.isKeyed,
      entry.deliveryCount,
      entry.redelivered,
    );
    page.set(slot, entry.segment, entry.offset, entry.size, meta);
    if (entry.expiryMs !== 0) page.setExpiry(slot, entry.expiryMs);
    else if (page.expiry !== undefined) page.expiry[slot] = 0;
    if (entry.isRanked) page.setRank(slot, entry.rank);
    if (entry.dueMs !== 0 || entry.state === EntryState.held) page.setDue(slot, entry.dueMs);
    else if (page.due !== undefined) page.due[slot] = 0;
    if (entry.idHash !== 0) page.setId(slot, entry.idHash);
    else if (page.id !== undefined) page.id[slot] = 0;
    if (entry.deadlineMs !== 0) page.setDeadline(slot, entry.deadlineMs);
    else if (page.deadline !== undefined) page.deadline[slot] = 0;
    if (entry.isKeyed) page.setKey(slot, entry.keyLow, entry.keyHigh);
    if (entry.isShared) page.setShare(slot, entry.tenantLow, entry.tenantHigh, entry.costThousandths);
    else if (page.share !== undefined) page.setShare(slot, 0, 0, 0);
    page.live++;
    this.tail = entry.position + 1;
    this.bytes += entry.size;
    this.#count(page, slot, entry.state, 1, entry.size);
    this.#account.retain(entry.segment, entry.size + recordOverheadBytes);
  }

  #isPlain(page: Page, slot: number): boolean {
    return this.#plainLevel === undefined || page.priority(slot) === this.#plainLevel;
  }

  #count(page: Page, slot: number, state: EntryState, by: 1 | -1, size: number): void {
    switch (state) {
      case EntryState.ready:
        if (this.#isPlain(page, slot)) {
          page.ready += by;
          this.readyPlain += by;
        }
        this.ready += by;
        this.waitingBytes += by * size;
        return;
      case EntryState.unacknowledged:
        this.unacknowledged += by;
        this.onHeld?.(page, slot, by);
        return;
      case EntryState.moving:
        this.unacknowledged += by;
        this.moving += by;
        return;
      case EntryState.delayed:
        this.delayed += by;
        return;
      case EntryState.held:
        this.held += by;
        return;
      case EntryState.gated:
        this.gated += by;
        this.waitingBytes += by * size;
        return;
      case EntryState.gone:
        return;
    }
  }

  /** What the entry at a position is doing; `gone` for any position without one. */
  stateAt(position: number): EntryState {
    const page = this.pageOf(position);
    return page === undefined ? EntryState.gone : page.state(position % pageEntries);
  }

  /** Moves a live entry to another state (not `gone`: see `remove`). */
  change(position: number, state: EntryState): void {
    const page = this.pageOf(position);
    assert(page !== undefined, 'only a live entry changes');
    const slot = position % pageEntries;
    const before = page.state(slot);
    assert(before !== EntryState.gone && state !== EntryState.gone, 'only a live entry changes');
    page.beforeChange?.(page);
    const size = page.size(slot);
    this.#count(page, slot, before, -1, size);
    page.setState(slot, state);
    this.#count(page, slot, state, 1, size);
    if (state === EntryState.ready && position < this.#cursor) this.#cursor = position;
    if (position < this.pendingFrom) this.pendingFrom = position;
  }

  /** Removes an entry; false when there was none. */
  remove(position: number): boolean {
    const page = this.pageOf(position);
    if (page === undefined) return false;
    const slot = position % pageEntries;
    const before = page.state(slot);
    if (before === EntryState.gone) return false;
    page.beforeChange?.(page);
    const size = page.size(slot);
    this.#count(page, slot, before, -1, size);
    page.setState(slot, EntryState.gone);
    page.live--;
    this.bytes -= size;
    this.#account.release(page.segment(slot), size + recordOverheadBytes);
    if (page.live === 0) this.#dropPage(position);
    return true;
  }

  #dropPage(position: number): void {
    const index = Math.floor(position / pageEntries);
    // The page that new entries go to stays, unless it is full.
    if ((index + 1) * pageEntries > this.tail) return;
    this.#drop(index - this.#firstPage);
    this.#forgetFront();
  }

  #drop(at: number): void {
    this.#pages[at] = undefined;
    while (this.#front < this.#pages.length && this.#pages[this.#front] === undefined) this.#front++;
  }

  #forgetFront(): void {
    if (this.#front <= 64 || this.#front * 2 <= this.#pages.length) return;
    this.#pages.splice(0, this.#front);
    this.#firstPage += this.#front;
    this.#front = 0;
  }

  /**
   * Takes out full pages in which nothing is live but what waits, given by their first positions; nothing else may
   * wait any more. Their records stay counted as referenced until `releasePage`.
   */
  detach(bases: readonly number[]): Page[] {
    const pages = bases.map((base) => {
      assert(base + pageEntries <= this.tail, 'a page that entries may still come to stays');
      const at = Math.floor(base / pageEntries) - this.#firstPage;
      const page = this.#pages[at]!;
      this.#drop(at);
      return page;
    });
    this.#forgetFront();
    this.bytes -= this.waitingBytes;
    this.ready = this.readyPlain = this.gated = this.waitingBytes = 0;
    return pages;
  }

  /** Gives up the records of a page that was taken out. */
  releasePage(page: Page): void {
    for (let slot = 0; slot < pageEntries; slot++) {
      if (page.state(slot) === EntryState.gone) continue;
      this.#account.release(page.segment(slot), page.size(slot) + recordOverheadBytes);
    }
  }

  /** The first ready position of the plain level, or -1. */
  firstReady(): number {
    if (this.readyPlain === 0) return -1;
    let position = Math.max(this.#cursor, (this.#firstPage + this.#front) * pageEntries);
    while (position < this.tail) {
      const page = this.pageOf(position);
      if (page === undefined || page.ready === 0) {
        position = (Math.floor(position / pageEntries) + 1) * pageEntries;
        continue;
      }
      const until = Math.min(this.tail, (Math.floor(position / pageEntries) + 1) * pageEntries);
      while (position < until && !this.#isReadyPlain(page, position % pageEntries)) position++;
      if (position < until) {
        this.#cursor = position;
        return position;
      }
    }
    assert(false, 'a counted ready entry is found');
    return -1;
  }

  #isReadyPlain(page: Page, slot: number): boolean {
    return page.state(slot) === EntryState.ready && this.#isPlain(page, slot);
  }

  /** The first live position at or after `from`, or -1. */
  nextLive(from: number): number {
    let position = Math.max(from, (this.#firstPage + this.#front) * pageEntries);
    while (position < this.tail) {
      const page = this.pageOf(position);
      if (page === undefined || page.live === 0) {
        position = (Math.floor(position / pageEntries) + 1) * pageEntries;
        continue;
      }
      if (page.state(position % pageEntries) !== EntryState.gone) return position;
      position++;
    }
    return -1;
  }

  /** The pages that hold something, with the position of their first entry. */
  *livePages(): Generator<{ readonly base: number; readonly page: Page }> {
    for (let at = this.#front; at < this.#pages.length; at++) {
      const page = this.#pages[at];
      if (page !== undefined && page.live > 0) yield { base: (this.#firstPage + at) * pageEntries, page };
    }
  }

  /** Positions below `tail` were given out before. */
  skipTo(tail: number): void {
    this.tail = tail;
    if (this.#pages.length > 0) return;
    this.#firstPage = Math.floor(tail / pageEntries);
    this.#cursor = tail;
  }

  /** Puts a page back as a snapshot held it; transient entries are gone, held ones ready again. */
  restorePage(base: number, page: Page): void {
    const index = Math.floor(base / pageEntries);
    if (this.#pages.length === 0) {
      this.#firstPage = index;
      this.#front = 0;
      this.#cursor = base;
    }
    const at = index - this.#firstPage;
    while (this.#pages.length <= at) this.#pages.push(undefined);
    this.#pages[at] = page;
    page.live = 0;
    page.ready = 0;
    for (let slot = 0; slot < pageEntries; slot++) this.#restoreEntry(page, slot);
    // What a snapshot held of transient messages is gone.
    if (page.live === 0 && base + pageEntries <= this.tail) this.#drop(at);
  }

  #restoreEntry(page: Page, slot: number): void {
    const state = page.state(slot);
    if (state === EntryState.gone || page.isTransient(slot)) {
      // As if never filled: what stood here says nothing about where the page's records are.
      page.set(slot, 0, 0, 0, 0);
      return;
    }
    if (state === EntryState.unacknowledged || state === EntryState.moving) page.markRedelivered(slot);
    const restored = state === EntryState.delayed || state === EntryState.held ? state : EntryState.ready;
    page.setState(slot, restored);
    const size = page.size(slot);
    page.live++;
    this.bytes += size;
    this.#count(page, slot, restored, 1, size);
    this.#account.retain(page.segment(slot), size + recordOverheadBytes);
  }
}
