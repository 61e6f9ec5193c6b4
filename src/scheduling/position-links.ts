/**
 * Two links for each of many message positions, in pages of typed arrays: 8 bytes a position. A position in
 * use has an identity (a number below 2^31) by which it can be linked to, whatever its size. Invariant: a
 * page exists exactly while one of its positions is in use.
 */
import { assert } from '../kernel/index.js';

/** Positions a page, as a power of two: 2 KiB. */
const pageShift = 8;
const pagePositions = 1 << pageShift;
const pageMask = pagePositions - 1;
/** Identities stay below this, so that the rest of an unsigned word may mean something else. */
const identityLimit = 2 ** 31;

class LinkPage {
  /** Next and previous of each position, side by side; 0 and 0: not in use. */
  readonly words = new Uint32Array(2 * pagePositions);
  readonly number: number;
  readonly slot: number;
  inUse = 0;

  constructor(number: number, slot: number) {
    this.number = number;
    this.slot = slot;
  }
}

export class PositionLinks {
  /** By slot. Slot 0 is never used: no identity is 0. */
  #pages: (LinkPage | undefined)[] = [undefined];
  #vacantSlots: number[] = [];
  readonly #byNumber = new Map<number, LinkPage>();
  /** The page found last: neighbours are asked for in a row. */
  #last: LinkPage | undefined;

  /** Bytes of all pages. */
  get byteLength(): number {
    return this.#byNumber.size * 8 * pagePositions;
  }

  /** The identity of a position in use; 0 for any other. */
  find(position: number): number {
    const page = this.#pageOf(Math.floor(position / pagePositions));
    if (page === undefined) return 0;
    const offset = position % pagePositions;
    return page.words[2 * offset] === 0 ? 0 : page.slot * pagePositions + offset;
  }

  /** Puts a position in use with both links set (not 0), and returns its identity. */
  add(position: number, next: number, previous: number): number {
    const number = Math.floor(position / pagePositions);
    const page = this.#pageOf(number) ?? this.#addPage(number);
    const offset = position % pagePositions;
    assert(page.words[2 * offset] === 0, 'a position is linked once');
    page.words[2 * offset] = next;
    page.words[2 * offset + 1] = previous;
    page.inUse++;
    return page.slot * pagePositions + offset;
  }

  remove(identity: number): void {
    const page = this.#pages[identity >>> pageShift]!;
    page.words[2 * (identity & pageMask)] = 0;
    page.words[2 * (identity & pageMask) + 1] = 0;
    if (--page.inUse === 0) this.#dropPage(page);
  }

  positionOf(identity: number): number {
    return this.#pages[identity >>> pageShift]!.number * pagePositions + (identity & pageMask);
  }

  next(identity: number): number {
    return this.#pages[identity >>> pageShift]!.words[2 * (identity & pageMask)]!;
  }

  previous(identity: number): number {
    return this.#pages[identity >>> pageShift]!.words[2 * (identity & pageMask) + 1]!;
  }

  setNext(identity: number, next: number): void {
    this.#pages[identity >>> pageShift]!.words[2 * (identity & pageMask)] = next;
  }

  setPrevious(identity: number, previous: number): void {
    this.#pages[identity >>> pageShift]!.words[2 * (identity & pageMask) + 1] = previous;
  }

  #pageOf(number: number): LinkPage | undefined {
    if (this.#last?.number === number) return this.#last;
    const page = this.#byNumber.get(number);
    if (page !== undefined) this.#last = page;
    return page;
  }

  #addPage(number: number): LinkPage {
    const slot = this.#vacantSlots.pop() ?? this.#pages.length;
    assert(slot < identityLimit / pagePositions, 'fewer than two billion positions are linked');
    const page = new LinkPage(number, slot);
    this.#pages[slot] = page;
    this.#byNumber.set(number, page);
    this.#last = page;
    return page;
  }

  #dropPage(page: LinkPage): void {
    this.#byNumber.delete(page.number);
    if (this.#last === page) this.#last = undefined;
    if (this.#byNumber.size === 0) {
      this.#pages = [undefined];
      this.#vacantSlots = [];
      return;
    }
    this.#pages[page.slot] = undefined;
    this.#vacantSlots.push(page.slot);
  }
}
