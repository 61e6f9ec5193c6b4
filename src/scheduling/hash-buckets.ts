/**
 * Linear hashing (Litwin 1980) with chains through the records themselves, so a table grows and shrinks by one bucket
 * at a time and no call ever rebuilds it. Invariant: there are at least a quarter as many records as buckets, and at
 * most as many, but for the smallest table.
 */

/** Buckets a page, as a power of two: 1 KiB. */
const pageShift = 8;
const pageMask = (1 << pageShift) - 1;
const bucketsMin = 16;

/** Records that a table finds: numbered from 1, each with a hash and room for the number of another. */
export interface ChainedRecords {
  /** Records in use. */
  readonly size: number;
  /** The low word of a record's hash. */
  low(record: number): number;
  /** The next record of the same bucket; 0 ends the chain. */
  chain(record: number): number;
  setChain(record: number, next: number): void;
}

export class HashBuckets {
  readonly #records: ChainedRecords;
  /** First record of each bucket, 0 for none. */
  #pages: Uint32Array[] = [new Uint32Array(bucketsMin)];
  #buckets = bucketsMin;
  /** One below the largest power of two that is not above the number of buckets. */
  #mask = bucketsMin - 1;

  constructor(records: ChainedRecords) {
    this.#records = records;
  }

  get byteLength(): number {
    return this.#pages.length * this.#pages[0]!.byteLength;
  }

  /** The first record that may have this hash; the others follow by `chain`. */
  first(low: number): number {
    return this.#firstIn(this.#bucketOf(low));
  }

  /** Makes a record that is in use findable. */
  insert(record: number): void {
    this.#prepend(this.#bucketOf(this.#records.low(record)), record);
    if (this.#records.size > this.#buckets) this.#split();
  }

  /** Takes a record out of its chain; it still has its hash, and is given up afterwards. */
  unlink(record: number): void {
    this.#unlink(this.#bucketOf(this.#records.low(record)), record);
  }

  /** To be called when a record was given up. */
  shrink(): void {
    // Four at most, for each record that is gone.
    while (this.#buckets > bucketsMin && this.#records.size * 4 < this.#buckets) this.#merge();
  }

  /** A bucket beyond the table's end has not been split off yet: its keys are in the one it comes from. */
  #bucketOf(low: number): number {
    const bucket = low & (this.#mask * 2 + 1);
    return bucket < this.#buckets ? bucket : bucket & this.#mask;
  }

  #firstIn(bucket: number): number {
    return this.#pages[bucket >>> pageShift]![bucket & pageMask]!;
  }

  #setFirst(bucket: number, record: number): void {
    this.#pages[bucket >>> pageShift]![bucket & pageMask] = record;
  }

  #prepend(bucket: number, record: number): void {
    this.#records.setChain(record, this.#firstIn(bucket));
    this.#setFirst(bucket, record);
  }

  #unlink(bucket: number, record: number): void {
    const records = this.#records;
    let before = this.#firstIn(bucket);
    if (before === record) {
      this.#setFirst(bucket, records.chain(record));
      return;
    }
    while (records.chain(before) !== record) before = records.chain(before);
    records.setChain(before, records.chain(record));
  }

  /** Adds one bucket and moves into it what belongs there. */
  #split(): void {
    const added = this.#buckets++;
    const from = added & this.#mask;
    if (this.#buckets > this.#mask * 2 + 1) this.#mask = this.#mask * 2 + 1;
    this.#reserve(added);
    let record = this.#firstIn(from);
    this.#setFirst(from, 0);
    while (record !== 0) {
      const next = this.#records.chain(record);
      this.#prepend(this.#bucketOf(this.#records.low(record)), record);
      record = next;
    }
  }

  /** Takes out the last bucket and returns its records to the one it was split from. */
  #merge(): void {
    const removed = --this.#buckets;
    if (this.#buckets <= this.#mask) this.#mask >>>= 1;
    let record = this.#firstIn(removed);
    this.#setFirst(removed, 0);
    while (record !== 0) {
      const next = this.#records.chain(record);
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
