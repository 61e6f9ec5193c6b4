/**
 * Limits how often each key goes. A key is remembered while its limit is in part used; at the bound the one that will
 * be free first is forgotten. Invariant: every key held stands in the heap once, no later than it is free.
 */
import { KeyTable } from './key-table.js';
import { RankHeap } from './rank-heap.js';
import { afterOne, nextAllowedMs, unusedRate, type RateLimit } from './rate-limit.js';

/** Keys remembered at most: about 50 bytes each. */
export const pacedKeysMax = 1_000_000;

const statesMin = 64;

export class KeyPace {
  readonly #limit: RateLimit;
  readonly #keysMax: number;
  readonly #table = new KeyTable();
  /** The state of each key's limit, by the number of its record. */
  #states = new Float64Array(statesMin);
  readonly #ends = new RankHeap();

  constructor(limit: RateLimit, keysMax = pacedKeysMax) {
    this.#limit = limit;
    this.#keysMax = keysMax;
  }

  /** Keys remembered. */
  get size(): number {
    return this.#table.size;
  }

  get byteLength(): number {
    return this.#table.byteLength + this.#states.byteLength + this.#ends.byteLength;
  }

  /** The moment from which one more of the key may go. `low` and `high` are the words of its hash. */
  allowedMs(low: number, high: number): number {
    const record = this.#table.find(low, high);
    return record === 0 ? unusedRate : nextAllowedMs(this.#limit, this.#states[record]!);
  }

  /** One of the key went. */
  take(low: number, high: number, nowMs: number): void {
    this.#forgetFree(nowMs);
    const found = this.#table.find(low, high);
    const record = found === 0 ? this.#add(low, high) : found;
    const state = afterOne(this.#limit, this.#states[record]!, nowMs);
    this.#states[record] = state;
    if (found === 0) this.#ends.push(state, record);
  }

  #add(low: number, high: number): number {
    if (this.#table.size >= this.#keysMax) this.#forget(this.#ends.pop());
    const record = this.#table.add(low, high);
    if (record >= this.#states.length) {
      const larger = new Float64Array(Math.max(this.#states.length * 2, record + 1));
      larger.set(this.#states);
      this.#states = larger;
    }
    this.#states[record] = unusedRate;
    return record;
  }

  /** A few at a time: more go than come. */
  #forgetFree(nowMs: number): void {
    for (let left = 2; left > 0 && (this.#ends.peekRank() ?? Infinity) <= nowMs; left--) {
      const record = this.#ends.pop();
      const state = this.#states[record]!;
      // It went again meanwhile.
      if (state > nowMs) this.#ends.push(state, record);
      else this.#forget(record);
    }
  }

  #forget(record: number): void {
    this.#table.remove(record);
  }
}
