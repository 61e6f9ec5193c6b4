/**
 * Fixed records of one busy key each, in pages of typed arrays: 20 bytes a key. A record is named by a number
 * from 1. Invariant: a page exists while one of its records is in use, and one more may stay for reuse.
 */

/** Records a page, as a power of two: 2.5 KiB. */
const pageShift = 7;
const pageRecords = 1 << pageShift;
const pageMask = pageRecords - 1;
const recordWords = 5;

class RecordPage {
  readonly words = new Uint32Array(recordWords * pageRecords);
  inUse = 0;
  /** Free records of this page, linked through their chain word as offset + 1; 0 ends the list. */
  free = 0;
  /** Records from this offset on have never been used. */
  fresh = 0;
  isOpen = true;
}

export class KeyRecords {
  #pages: (RecordPage | undefined)[] = [];
  /** Pages that may have room; one given back stays listed until it is met. */
  #open: number[] = [];
  /** Indexes of pages given back, taken again only once `#open` has run empty: so none is listed twice. */
  #vacant: number[] = [];
  #count = 0;

  /** Records in use. */
  get size(): number {
    return this.#count;
  }

  /** Bytes of all pages. */
  get byteLength(): number {
    return (this.#pages.length - this.#vacant.length) * recordWords * 4 * pageRecords;
  }

  /** Makes a record of a key's hash with everything else 0. */
  add(low: number, high: number): number {
    const index = this.#openPage();
    const page = this.#pages[index]!;
    let offset = page.fresh;
    if (page.free !== 0) {
      offset = page.free - 1;
      page.free = page.words[offset * recordWords + 4]!;
    } else {
      page.fresh++;
    }
    page.inUse++;
    this.#count++;
    page.words.fill(0, offset * recordWords, (offset + 1) * recordWords);
    page.words[offset * recordWords] = low;
    page.words[offset * recordWords + 1] = high;
    return index * pageRecords + offset + 1;
  }

  remove(record: number): void {
    const index = (record - 1) >>> pageShift;
    const page = this.#pages[index]!;
    const offset = (record - 1) & pageMask;
    page.words[offset * recordWords + 4] = page.free;
    page.free = offset + 1;
    this.#count--;
    if (--page.inUse === 0) this.#emptied(index);
    else if (!page.isOpen) this.#reopen(index, page);
  }

  matches(record: number, low: number, high: number): boolean {
    const { words } = this.#pages[(record - 1) >>> pageShift]!;
    const at = ((record - 1) & pageMask) * recordWords;
    return words[at] === low && words[at + 1] === high;
  }

  low(record: number): number {
    return this.#word(record, 0);
  }

  /** The identity of the key's first message. */
  head(record: number): number {
    return this.#word(record, 2);
  }

  setHead(record: number, identity: number): void {
    this.#setWord(record, 2, identity);
  }

  /** The identity of the key's last message. */
  tail(record: number): number {
    return this.#word(record, 3);
  }

  setTail(record: number, identity: number): void {
    this.#setWord(record, 3, identity);
  }

  /** The next record of the same bucket; 0 ends the chain. */
  chain(record: number): number {
    return this.#word(record, 4);
  }

  setChain(record: number, next: number): void {
    this.#setWord(record, 4, next);
  }

  #word(record: number, word: number): number {
    return this.#pages[(record - 1) >>> pageShift]!.words[((record - 1) & pageMask) * recordWords + word]!;
  }

  #setWord(record: number, word: number, value: number): void {
    this.#pages[(record - 1) >>> pageShift]!.words[((record - 1) & pageMask) * recordWords + word] = value;
  }

  /** A page with room, the one opened last first. */
  #openPage(): number {
    for (let index = this.#open.at(-1); index !== undefined; index = this.#open.at(-1)) {
      const page = this.#pages[index];
      if (page !== undefined && page.inUse < pageRecords) return index;
      if (page !== undefined) page.isOpen = false;
      this.#open.pop();
    }
    const index = this.#vacant.pop() ?? this.#pages.length;
    this.#pages[index] = new RecordPage();
    this.#open.push(index);
    return index;
  }

  #reopen(index: number, page: RecordPage): void {
    const spare = this.#open.at(-1);
    if (spare !== undefined && this.#pages[spare]?.inUse === 0) this.#giveBack(spare);
    page.isOpen = true;
    this.#open.push(index);
  }

  /** A page is empty: it is given back, unless it is the one that the next record goes to. */
  #emptied(index: number): void {
    if (this.#count === 0) {
      this.#pages = [];
      this.#open = [];
      this.#vacant = [];
      return;
    }
    if (this.#open.at(-1) !== index) this.#giveBack(index);
  }

  #giveBack(index: number): void {
    this.#pages[index] = undefined;
    this.#vacant.push(index);
  }
}
