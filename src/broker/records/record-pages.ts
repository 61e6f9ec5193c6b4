/**
 * What the broker keeps of each record in memory, in pages of typed arrays: 48 bytes a record, and never the key or
 * the value, which stand in the journal. A record is named by a number from 1, which it keeps while it lives.
 * Invariant: a page exists while one of its records is in use, and one more may stay for reuse.
 */
import type { ChainedRecords } from '../../scheduling/index.js';

/** Records a page, as a power of two: 12 KiB. */
const pageShift = 8;
export const pageRecords = 1 << pageShift;
const pageMask = pageRecords - 1;
export const recordWords = 12;

/** The words of a record. `bytes` 0: not in use. */
export const Word = {
  low: 0,
  high: 1,
  check: 2,
  segment: 3,
  offset: 4,
  bytes: 5,
  versionLow: 6,
  /** Bits 0 to 15 of the version's upper half, bits 16 to 31 of the expiry's. */
  upper: 7,
  expiryLow: 8,
  chain: 9,
  next: 10,
  previous: 11,
} as const;
type Word = (typeof Word)[keyof typeof Word];

/** Where a record stands and what it is; one object is reused. */
export interface RecordFacts {
  /** The key's hash under the data directory's secret, and a check of 32 further bits. */
  low: number;
  high: number;
  check: number;
  segment: number;
  offset: number;
  /** Payload bytes in the journal, never 0. */
  bytes: number;
  /** The sequence of the journal record. */
  version: number;
  /** Unix milliseconds; 0: never. */
  expiryMs: number;
}

export function newRecordFacts(): RecordFacts {
  return { low: 0, high: 0, check: 0, segment: 0, offset: 0, bytes: 0, version: 0, expiryMs: 0 };
}

export class RecordPage {
  readonly words = new Uint32Array(recordWords * pageRecords);
  inUse = 0;
  /** Free records of this page, linked through their chain word as offset + 1; 0 ends the list. */
  free = 0;
  /** Records from this offset on have never been used. */
  fresh = 0;
  isOpen = true;
  /** Called before the first change after a snapshot marked the page; undefined when none is under way. */
  beforeChange: (() => void) | undefined = undefined;
}

export class RecordPages implements ChainedRecords {
  #pages: (RecordPage | undefined)[] = [];
  /** Pages that may have room; one given back stays listed until it is met. */
  #open: number[] = [];
  /** Indexes of pages given back, taken again only once `#open` has run empty: so none is listed twice. */
  #vacant: number[] = [];
  size = 0;

  /** Bytes of all pages. */
  get byteLength(): number {
    return (this.#pages.length - this.#vacant.length) * recordWords * 4 * pageRecords;
  }

  /** One above the largest number that a record may have. */
  get end(): number {
    return this.#pages.length * pageRecords + 1;
  }

  /** The pages in use. */
  *pages(): Generator<RecordPage> {
    for (const page of this.#pages) if (page !== undefined && page.inUse > 0) yield page;
  }

  /** Makes a record; it is in no chain and in no list. */
  add(facts: RecordFacts): number {
    const index = this.#openPage();
    const page = this.#pages[index]!;
    page.beforeChange?.();
    let offset = page.fresh;
    if (page.free !== 0) {
      offset = page.free - 1;
      page.free = page.words[offset * recordWords + Word.chain]!;
    } else {
      page.fresh++;
    }
    page.inUse++;
    this.size++;
    const at = offset * recordWords;
    page.words[at + Word.low] = facts.low;
    page.words[at + Word.high] = facts.high;
    page.words[at + Word.check] = facts.check;
    page.words[at + Word.chain] = page.words[at + Word.next] = page.words[at + Word.previous] = 0;
    writeFacts(page.words, at, facts);
    return index * pageRecords + offset + 1;
  }

  /** Gives a record of the same key another place, version and expiry. */
  change(record: number, facts: RecordFacts): void {
    const page = this.#pageOf(record);
    page.beforeChange?.();
    writeFacts(page.words, ((record - 1) & pageMask) * recordWords, facts);
  }

  remove(record: number): void {
    const index = (record - 1) >>> pageShift;
    const page = this.#pages[index]!;
    page.beforeChange?.();
    const offset = (record - 1) & pageMask;
    page.words[offset * recordWords + Word.bytes] = 0;
    page.words[offset * recordWords + Word.chain] = page.free;
    page.free = offset + 1;
    this.size--;
    if (--page.inUse === 0) this.#emptied(index);
    else if (!page.isOpen) this.#reopen(index, page);
  }

  /** Whether a number names a record in use. */
  isInUse(record: number): boolean {
    const page = this.#pages[(record - 1) >>> pageShift];
    return page !== undefined && page.words[((record - 1) & pageMask) * recordWords + Word.bytes] !== 0;
  }

  matches(record: number, low: number, high: number, check: number): boolean {
    const { words } = this.#pageOf(record);
    const at = ((record - 1) & pageMask) * recordWords;
    return words[at + Word.low] === low && words[at + Word.high] === high && words[at + Word.check] === check;
  }

  read(record: number, into: RecordFacts): void {
    readFacts(this.#pageOf(record).words, ((record - 1) & pageMask) * recordWords, into);
  }

  low(record: number): number {
    return this.word(record, Word.low);
  }

  version(record: number): number {
    return this.word(record, Word.versionLow) + (this.word(record, Word.upper) & 0xffff) * 2 ** 32;
  }

  /** Unix milliseconds; 0: never. */
  expiryMs(record: number): number {
    return this.word(record, Word.expiryLow) + (this.word(record, Word.upper) >>> 16) * 2 ** 32;
  }

  chain(record: number): number {
    return this.word(record, Word.chain);
  }

  setChain(record: number, next: number): void {
    this.setWord(record, Word.chain, next);
  }

  word(record: number, word: Word): number {
    return this.#pageOf(record).words[((record - 1) & pageMask) * recordWords + word]!;
  }

  setWord(record: number, word: Word, value: number): void {
    this.#pageOf(record).words[((record - 1) & pageMask) * recordWords + word] = value;
  }

  #pageOf(record: number): RecordPage {
    return this.#pages[(record - 1) >>> pageShift]!;
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
    if (this.size === 0) {
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

/** Everything but the hash. */
function writeFacts(words: Uint32Array, at: number, facts: RecordFacts): void {
  words[at + Word.segment] = facts.segment;
  words[at + Word.offset] = facts.offset;
  words[at + Word.bytes] = facts.bytes;
  words[at + Word.versionLow] = facts.version >>> 0;
  words[at + Word.expiryLow] = facts.expiryMs >>> 0;
  words[at + Word.upper] = Math.floor(facts.version / 2 ** 32) | (Math.floor(facts.expiryMs / 2 ** 32) << 16);
}

/** Reads the record that begins at word `at`. */
export function readFacts(words: Uint32Array, at: number, into: RecordFacts): void {
  const upper = words[at + Word.upper]!;
  into.low = words[at + Word.low]!;
  into.high = words[at + Word.high]!;
  into.check = words[at + Word.check]!;
  into.segment = words[at + Word.segment]!;
  into.offset = words[at + Word.offset]!;
  into.bytes = words[at + Word.bytes]!;
  into.version = words[at + Word.versionLow]! + (upper & 0xffff) * 2 ** 32;
  into.expiryMs = words[at + Word.expiryLow]! + (upper >>> 16) * 2 ** 32;
}
