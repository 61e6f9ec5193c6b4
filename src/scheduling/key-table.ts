/**
 * Finds the record of a key's 64-bit hash: linear hashing (Litwin 1980) with chains, so the table grows and
 * shrinks by one bucket at a time and no call ever rebuilds it. Invariant: there are at least a quarter as
 * many records as buckets, and at most as many, but for the smallest table.
 */
import { KeyRecords } from './key-records.js';

/** Buckets a page, as a power of two: 1 KiB. */
const pageShift = 8;
const pageMask = (1 << pageShift) - 1;
const bucketsMin = 16;

export class KeyTable {
  readonly records = new KeyRecords();
  /** First record of each bucket, 0 for none. */
  #pages: Uint32Array[] = [new Uint32Array(bucketsMin)];
  #buckets = bucketsMin;
  /** One below the largest power of two that is not above the number of buckets. */
  #mask = bucketsMin - 1;

  /** Keys held. */
  get size(): number {
    return this.records.size;
  }

  get byteLength(): number {
    return this.records.byteLength + this.#pages.length * this.#pages[0]!.byteLength;
  }

  /** The record of a key; 0 when there is none. */
  find(low: number, high: number): number {
    let record = this.#first(this.#bucketOf(low));
    while (record !== 0 && !this.records.matches(record, low, high)) record = this.records.chain(record);
    return record;
  }

  /** Makes the record of a key that has none. */
  add(low: number, high: number): number {
    const record = this.records.add(low, high);
    this.#prepend(this.#bucketOf(low), record);
    if (this.records.size > this.#buckets) this.#split();
    return record;
  }

  /** Takes out a record. */
  remove(record: number): void {
    this.#unlink(this.#bucketOf(this.records.low(record)), record);
    this.records.remove(record);
    // Four at most, for each record that is gone.
    while (this.#buckets > bucketsMin && this.records.size * 4 < this.#buckets) this.#merge();
  }

  /** A bucket beyond the table's end has not been split off yet: its keys are in the one it comes from. */
  #bucketOf(low: number): number {
    const bucket = low & (this.#mask * 2 + 1);
    return bucket < this.#buckets ? bucket : bucket & this.#mask;
  }

  #first(bucket: number): number {
    return this.#pages[bucket >>> pageShift]![bucket & pageMask]!;
  }

  #setFirst(bucket: number, record: number): void {
    this.#pages[bucket >>> pageShift]![bucket & pageMask] = record;
  }

  #prepend(bucket: number, record: number): void {
    this.records.setChain(record, this.#first(bucket));
    this.#setFirst(bucket, record);
  }

  #unlink(bucket: number, record: number): void {
    let before = this.#first(bucket);
    if (before === record) {
      this.#setFirst(bucket, this.records.chain(record));
      return;
    }
    while (this.records.chain(before) !== record) before = this.records.chain(before);
    this.records.setChain(before, this.records.chain(record));
  }

  /** Adds one bucket and moves into it what belongs there. */
  #split(): void {
    const added = this.#buckets++;
    const from = added & this.#mask;
    if (this.#buckets > this.#mask * 2 + 1) this.#mask = this.#mask * 2 + 1;
    this.#reserve(added);
    let record = this.#first(from);
    this.#setFirst(from, 0);
    while (record !== 0) {
      const next = this.records.chain(record);
      this.#prepend(this.#bucketOf(this.records.low(record)), record);
      record = next;
    }
  }

  /** Takes out the last bucket and returns its records to the one it was split from. */
  #merge(): void {
    const removed = --this.#buckets;
    if (this.#buckets <= this.#mask) this.#mask >>>= 1;
    let record = this.#first(removed);
    this.#setFirst(removed, 0);
    while (record !== 0) {
      const next = this.records.chain(record);
      this.#prepend(removed & this.#mask, record);
      record = next;
    }
    if ((removed & pageMask) === 0) this.#pages.pop();
  }

  /** Makes room for a bucket: the first page doubles until it is full, later pages come whole. */
  #reserve(bucket: number): void {
    const first = this.#pages[0]!;
    if (bucket > pageMask) {
      if ((bucket & pageMask) === 0) this.#pages.push(new Uint32Array(pageMask + 1));
    } else if (bucket >= first.length) {
      const larger = new Uint32Array(first.length * 2);
      larger.set(first);
      this.#pages[0] = larger;
    }
  }
}
