/**
 * Lets the messages of one key through one at a time, in the order they were enqueued. The first message of a
 * key is eligible and stays so through deliveries, retries and requeues until it is removed; the next becomes
 * eligible then. Invariant: exactly one message of each key held is eligible, and a key blocks only itself.
 *
 * Keys are known by a 64-bit hash. Two keys with the same hash share one line: each still goes in order, one
 * at a time; they only wait for each other. All state is in typed arrays: 8 bytes a message, about 24 a key.
 */
import { assert } from '../kernel/index.js';
import { KeyTable } from './key-table.js';
import { PositionLinks } from './position-links.js';

/** Set in a link that ends a line: the rest of it names the key's record. */
const endMark = 0x8000_0000;

export class KeyGate {
  #table = new KeyTable();
  #links = new PositionLinks();
  #size = 0;

  /** Messages held, eligible ones included. */
  get size(): number {
    return this.#size;
  }

  /** Keys held; as many messages are eligible. */
  get keys(): number {
    return this.#table.size;
  }

  /** Bytes of typed arrays. */
  get byteLength(): number {
    return this.#table.byteLength + this.#links.byteLength;
  }

  /**
   * Adds a message at the end of its key's line. True when it is eligible at once. `low` and `high` are the
   * unsigned words of the key's hash; a position is held once.
   */
  enqueue(low: number, high: number, position: number): boolean {
    const { records } = this.#table;
    const found = this.#table.find(low, high);
    const record = found === 0 ? this.#table.add(low, high) : found;
    const end = (endMark | record) >>> 0;
    const tail = records.tail(record);
    const identity = this.#links.add(position, end, tail === 0 ? end : tail);
    if (tail === 0) records.setHead(record, identity);
    else this.#links.setNext(tail, identity);
    records.setTail(record, identity);
    this.#size++;
    return tail === 0;
  }

  /**
   * Takes out a message, wherever in its line it stands: acknowledged, expired, cancelled, dead-lettered.
   * Returns the position that becomes eligible by this, or -1. A requeued message is not removed: it is still
   * the first of its line.
   */
  remove(position: number): number {
    const identity = this.#links.find(position);
    assert(identity !== 0, 'only a message held is removed');
    const next = this.#links.next(identity);
    const previous = this.#links.previous(identity);
    this.#links.remove(identity);
    this.#size--;
    if (previous < endMark) {
      this.#join(previous, next);
      return -1;
    }
    const record = previous - endMark;
    if (next >= endMark) {
      this.#table.remove(record);
      return -1;
    }
    this.#table.records.setHead(record, next);
    this.#links.setPrevious(next, previous);
    return this.#links.positionOf(next);
  }

  /** Whether a message is held. */
  has(position: number): boolean {
    return this.#links.find(position) !== 0;
  }

  /** Whether a message is the first of its line. */
  isEligible(position: number): boolean {
    const identity = this.#links.find(position);
    return identity !== 0 && this.#links.previous(identity) >= endMark;
  }

  /** The eligible message of a key: the one that the others wait for; -1 when the key is not held. */
  headOf(low: number, high: number): number {
    const record = this.#table.find(low, high);
    return record === 0 ? -1 : this.#links.positionOf(this.#table.records.head(record));
  }

  /** Forgets everything. */
  clear(): void {
    this.#table = new KeyTable();
    this.#links = new PositionLinks();
    this.#size = 0;
  }

  /** Closes the gap behind `previous`; `next` may be the end of the line. */
  #join(previous: number, next: number): void {
    this.#links.setNext(previous, next);
    if (next < endMark) this.#links.setPrevious(next, previous);
    else this.#table.records.setTail(next - endMark, previous);
  }
}
