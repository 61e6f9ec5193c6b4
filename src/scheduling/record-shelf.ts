/**
 * Room for numbered records of a fixed size, in pages of typed arrays. A record is named by a number from 1, which it
 * keeps while it lives. Invariant: a page exists while one of its records is in use, and one more may stay for reuse.
 *
 * What the words of a record mean, and how they are read, is the owner's: it reaches into `pages` with constants of its
 * own, as that is what is done a million times a second.
 */

/** A page with its free records. */
export class ShelfPage {
  readonly words: Uint32Array<ArrayBuffer>;
  inUse = 0;
  /** Free records of this page, linked through their chain word as offset + 1; 0 ends the list. */
  free = 0;
  /** Records from this offset on have never been used. */
  fresh = 0;
  isOpen = true;

  constructor(words: number) {
    this.words = new Uint32Array(words);
  }
}

/** The layout that a shelf has to know. */
export interface ShelfLayout<Page extends ShelfPage> {
  /** Records a page, as a power of two. */
  readonly pageShift: number;
  readonly recordWords: number;
  /** The word that links free records. */
  readonly chainWord: number;
  readonly newPage: () => Page;
}

export class RecordShelf<Page extends ShelfPage> {
  /** By the upper bits of a record's number less 1; undefined where one was given back. */
  pages: (Page | undefined)[] = [];
  /** Records in use. */
  size = 0;
  readonly #layout: ShelfLayout<Page>;
  /** Pages that may have room; one given back stays listed until it is met. */
  #open: number[] = [];
  /** Indexes of pages given back, taken again only once `#open` has run empty: so none is listed twice. */
  #vacant: number[] = [];

  constructor(layout: ShelfLayout<Page>) {
    this.#layout = layout;
  }

  /** Bytes of all pages. */
  get byteLength(): number {
    const { recordWords, pageShift } = this.#layout;
    return (this.pages.length - this.#vacant.length) * ((recordWords * 4) << pageShift);
  }

  /** The index of a page with room, the one opened last first. */
  openPage(): number {
    for (let index = this.#open.at(-1); index !== undefined; index = this.#open.at(-1)) {
      const page = this.pages[index];
      if (page !== undefined && page.inUse >>> this.#layout.pageShift === 0) return index;
      if (page !== undefined) page.isOpen = false;
      this.#open.pop();
    }
    const index = this.#vacant.pop() ?? this.pages.length;
    this.pages[index] = this.#layout.newPage();
    this.#open.push(index);
    return index;
  }

  /** Takes a record of an open page; its words are as they were left. */
  take(index: number): number {
    const { recordWords, chainWord, pageShift } = this.#layout;
    const page = this.pages[index]!;
    let offset = page.fresh;
    if (page.free !== 0) {
      offset = page.free - 1;
      page.free = page.words[offset * recordWords + chainWord]!;
    } else {
      page.fresh++;
    }
    page.inUse++;
    this.size++;
    return (index << pageShift) + offset + 1;
  }

  giveBack(record: number): void {
    const { recordWords, chainWord, pageShift } = this.#layout;
    const index = (record - 1) >>> pageShift;
    const page = this.pages[index]!;
    const offset = (record - 1) & ((1 << pageShift) - 1);
    page.words[offset * recordWords + chainWord] = page.free;
    page.free = offset + 1;
    this.size--;
    if (--page.inUse === 0) this.#emptied(index);
    else if (!page.isOpen) this.#reopen(index, page);
  }

  #reopen(index: number, page: Page): void {
    const spare = this.#open.at(-1);
    if (spare !== undefined && this.pages[spare]?.inUse === 0) this.#drop(spare);
    page.isOpen = true;
    this.#open.push(index);
  }

  /** A page is empty: it is given back, unless it is the one that the next record goes to. */
  #emptied(index: number): void {
    if (this.size === 0) {
      this.pages = [];
      this.#open = [];
      this.#vacant = [];
      return;
    }
    if (this.#open.at(-1) !== index) this.#drop(index);
  }

  #drop(index: number): void {
    this.pages[index] = undefined;
    this.#vacant.push(index);
  }
}
