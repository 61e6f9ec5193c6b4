/** Finds the record of a key's 64-bit hash. Invariant: a key has at most one record. */
import { HashBuckets } from './hash-buckets.js';
import { KeyRecords } from './key-records.js';

export class KeyTable {
  readonly records = new KeyRecords();
  readonly #buckets = new HashBuckets(this.records);

  /** Keys held. */
  get size(): number {
    return this.records.size;
  }

  get byteLength(): number {
    return this.records.byteLength + this.#buckets.byteLength;
  }

  /** The record of a key; 0 when there is none. */
  find(low: number, high: number): number {
    let record = this.#buckets.first(low);
    while (record !== 0 && !this.records.matches(record, low, high)) record = this.records.chain(record);
    return record;
  }

  /** Makes the record of a key that has none. */
  add(low: number, high: number): number {
    const record = this.records.add(low, high);
    this.#buckets.insert(record);
    return record;
  }

  /** Takes out a record. */
  remove(record: number): void {
    this.#buckets.unlink(record);
    this.records.remove(record);
    this.#buckets.shrink();
  }
}
