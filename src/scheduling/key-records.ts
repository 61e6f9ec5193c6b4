/** Fixed records of one busy key each: 20 bytes a key. A record is named by a number from 1, see `RecordShelf`. */
import { RecordShelf, ShelfPage } from './record-shelf.js';

/** Records a page, as a power of two: 2.5 KiB. */
const pageShift = 7;
const pageRecords = 1 << pageShift;
const pageMask = pageRecords - 1;
const recordWords = 5;

/** The words of a record. */
const Word = { low: 0, high: 1, head: 2, tail: 3, chain: 4 } as const;

export class KeyRecords {
  readonly #shelf = new RecordShelf({
    pageShift,
    recordWords,
    chainWord: Word.chain,
    newPage: () => new ShelfPage(recordWords * pageRecords),
  });

  /** Records in use. */
  get size(): number {
    return this.#shelf.size;
  }

  /** Bytes of all pages. */
  get byteLength(): number {
    return this.#shelf.byteLength;
  }

  /** Makes a record of a key's hash with everything else 0. */
  add(low: number, high: number): number {
    const index = this.#shelf.openPage();
    const record = this.#shelf.take(index);
    const { words } = this.#shelf.pages[index]!;
    const at = ((record - 1) & pageMask) * recordWords;
    words.fill(0, at, at + recordWords);
    words[at + Word.low] = low;
    words[at + Word.high] = high;
    return record;
  }

  remove(record: number): void {
    this.#shelf.giveBack(record);
  }

  matches(record: number, low: number, high: number): boolean {
    const { words } = this.#shelf.pages[(record - 1) >>> pageShift]!;
    const at = ((record - 1) & pageMask) * recordWords;
    return words[at + Word.low] === low && words[at + Word.high] === high;
  }

  low(record: number): number {
    return this.#word(record, Word.low);
  }

  /** The identity of the key's first message. */
  head(record: number): number {
    return this.#word(record, Word.head);
  }

  setHead(record: number, identity: number): void {
    this.#setWord(record, Word.head, identity);
  }

  /** The identity of the key's last message. */
  tail(record: number): number {
    return this.#word(record, Word.tail);
  }

  setTail(record: number, identity: number): void {
    this.#setWord(record, Word.tail, identity);
  }

  /** The next record of the same bucket; 0 ends the chain. */
  chain(record: number): number {
    return this.#word(record, Word.chain);
  }

  setChain(record: number, next: number): void {
    this.#setWord(record, Word.chain, next);
  }

  #word(record: number, word: number): number {
    return this.#shelf.pages[(record - 1) >>> pageShift]!.words[
      ((record - 1) & pageMask) * recordWords + word
    ]!;
  }

  #setWord(record: number, word: number, value: number): void {
    this.#shelf.pages[(record - 1) >>> pageShift]!.words[((record - 1) & pageMask) * recordWords + word] =
      value;
  }
}
