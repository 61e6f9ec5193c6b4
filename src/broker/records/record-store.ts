/**
 * The records of one virtual host, as the fold makes them. `put` and `remove` decide nothing and read no clock; the
 * live broker and recovery call the same ones. Invariant: a key has at most one record, and each keeps its journal
 * record alive.
 */
import { HashBuckets } from '../../scheduling/index.js';
import type { LivenessAccount } from '../backlog.js';
import { StateHash } from '../state-hash.js';
import { RecordWaits } from './record-waits.js';
import { ExpiryWheel } from './expiry-wheel.js';
import {
  newRecordFacts,
  pageRecords,
  readFacts,
  recordWords,
  RecordPages,
  Word,
  type RecordFacts,
  type RecordPage,
} from './record-pages.js';

/** What a record adds to its payload in the journal. */
const frameBytes = 32;

/** How the records of a virtual host changed since the start. */
export interface RecordCounters {
  put: number;
  deleted: number;
  expired: number;
  /** Gone before their time, because there were too many. */
  evicted: number;
  conflicts: number;
}

export class RecordStore {
  readonly vhost: string;
  /** Sums every record; see `StateHash`. */
  readonly hash = new StateHash();
  readonly pages = new RecordPages();
  /** Messages that wait for records to be written. */
  readonly waits = new RecordWaits();
  readonly counters: RecordCounters = { put: 0, deleted: 0, expired: 0, evicted: 0, conflicts: 0 };
  /** Payload bytes in the journal. */
  bytes = 0;
  /** The journal record that took a record away last. */
  removedSequence = 0;
  readonly #buckets = new HashBuckets(this.pages);
  readonly #account: LivenessAccount;
  readonly #facts = newRecordFacts();
  /** Absent while recovery replays. */
  wheel: ExpiryWheel | undefined = undefined;

  constructor(vhost: string, account: LivenessAccount) {
    this.vhost = vhost;
    this.#account = account;
  }

  get count(): number {
    return this.pages.size;
  }

  /** Bytes of memory. */
  get byteLength(): number {
    return this.pages.byteLength + this.#buckets.byteLength;
  }

  /** Begins to watch expiries; called once, after recovery. */
  begin(nowMs: number): void {
    const wheel = new ExpiryWheel(this.pages, nowMs);
    for (let record = 1; record < this.pages.end; record++)
      if (this.pages.isInUse(record) && this.pages.expiryMs(record) !== 0) wheel.add(record);
    this.wheel = wheel;
  }

  /** The record of a key's hash; 0: none. */
  find(low: number, high: number, check: number): number {
    let record = this.#buckets.first(low);
    while (record !== 0 && !this.pages.matches(record, low, high, check)) record = this.pages.chain(record);
    return record;
  }

  /** Puts a record in the place of the one that its key had: `found`, or 0 for none. */
  put(facts: RecordFacts, found = this.find(facts.low, facts.high, facts.check)): void {
    const { pages } = this;
    this.#account.retain(facts.segment, facts.bytes + frameBytes);
    this.bytes += facts.bytes;
    this.hash.record(1, facts.low, facts.high, facts.version);
    let record = found;
    if (record === 0) {
      record = pages.add(facts);
      this.#buckets.insert(record);
    } else {
      this.#let(record);
      pages.change(record, facts);
    }
    if (facts.expiryMs !== 0) this.wheel?.add(record);
    this.waits.written(facts.low, facts.high, facts.check);
  }

  /** Takes the record of a key's hash away. False: there was none. */
  remove(low: number, high: number, check: number, sequence: number): boolean {
    const record = this.find(low, high, check);
    if (record === 0) return false;
    this.removedSequence = sequence;
    this.#let(record);
    this.#buckets.unlink(record);
    this.pages.remove(record);
    this.#buckets.shrink();
    return true;
  }

  /** A record is replaced or goes: whatever counts it forgets it. */
  #let(record: number): void {
    const facts = this.#facts;
    this.pages.read(record, facts);
    this.#account.release(facts.segment, facts.bytes + frameBytes);
    this.bytes -= facts.bytes;
    this.hash.record(-1, facts.low, facts.high, facts.version);
    if (facts.expiryMs !== 0) this.wheel?.remove(record);
  }

  #isReleased = false;

  /** Gives up every record's place in the journal, a page at each step; the store is not used again. */
  releaseAll(): Generator<undefined> {
    const pages = this.#isReleased ? [] : [...this.pages.pages()];
    this.#isReleased = true;
    return this.#release(pages);
  }

  releaseAllNow(): void {
    const work = this.releaseAll();
    while (work.next().done !== true);
  }

  *#release(pages: readonly RecordPage[]): Generator<undefined> {
    for (const page of pages) {
      eachRecord(page.words, this.#facts, ({ segment, bytes }) => {
        this.#account.release(segment, bytes + frameBytes);
      });
      yield;
    }
  }

  /** Adds the offsets of records that stand in `segment`. */
  collectOffsets(segment: number, into: number[]): void {
    for (const { words } of this.pages.pages()) {
      for (let at = 0; at < words.length; at += recordWords) {
        if (words[at + Word.segment] === segment && words[at + Word.bytes] !== 0)
          into.push(words[at + Word.offset]!);
      }
    }
  }
}

/** Visits the records of a page, or of a copy of its words; the facts are the same object each time. */
export function eachRecord(
  words: RecordPage['words'],
  facts: RecordFacts,
  visit: (facts: RecordFacts) => void,
): void {
  for (let slot = 0; slot < pageRecords; slot++) {
    if (words[slot * recordWords + Word.bytes] === 0) continue;
    readFacts(words, slot * recordWords, facts);
    visit(facts);
  }
}
