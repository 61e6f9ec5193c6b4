/**
 * What the broker keeps of each record in memory, in pages of typed arrays: 48 bytes a record, and never the key or
 * the value, which stand in the journal. A record is named by a number from 1, which it keeps while it lives, see
 * `RecordShelf`.
 */
import { RecordShelf, ShelfPage, type ChainedRecords } from '../../scheduling/index.js';

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

export class RecordPage extends ShelfPage {
  /** Called before the first change after a snapshot marked the page; undefined when none is under way. */
  beforeChange: (() => void) | undefined = undefined;
}

export class RecordPages implements ChainedRecords {
  readonly #shelf = new RecordShelf({
    pageShift,
    recordWords,
    chainWord: Word.chain,
    newPage: () => new RecordPage(recordWords * pageRecords),
  });

  get size(): number {
    return this.#shelf.size;
  }

  /** Bytes of all pages. */
  get byteLength(): number {
    return this.#shelf.byteLength;
  }

  /** One above the largest number that a record may have. */
  get end(): number {
    return this.#shelf.pages.length * pageRecords + 1;
  }

  /** The pages in use. */
  *pages(): Generator<RecordPage> {
    for (const page of this.#shelf.pages) if (page !== undefined && page.inUse > 0) yield page;
  }

  /** Makes a record; it is in no chain and in no list. */
  add(facts: RecordFacts): number {
    const index = this.#shelf.openPage();
    const page = this.#shelf.pages[index]!;
    page.beforeChange?.();
    const record = this.#shelf.take(index);
    const at = ((record - 1) & pageMask) * recordWords;
    page.words[at + Word.low] = facts.low;
    page.words[at + Word.high] = facts.high;
    page.words[at + Word.check] = facts.check;
    page.words[at + Word.chain] = page.words[at + Word.next] = page.words[at + Word.previous] = 0;
    writeFacts(page.words, at, facts);
    return record;
  }

  /** Gives a record of the same key another place, version and expiry. */
  change(record: number, facts: RecordFacts): void {
    const page = this.#pageOf(record);
    page.beforeChange?.();
    writeFacts(page.words, ((record - 1) & pageMask) * recordWords, facts);
  }

  remove(record: number): void {
    const page = this.#pageOf(record);
    page.beforeChange?.();
    page.words[((record - 1) & pageMask) * recordWords + Word.bytes] = 0;
    this.#shelf.giveBack(record);
  }

  /** Whether a number names a record in use. */
  isInUse(record: number): boolean {
    const page = this.#shelf.pages[(record - 1) >>> pageShift];
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
    return this.#shelf.pages[(record - 1) >>> pageShift]!;
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
