/**
 * Which messages of one virtual host wait for records to be written, and for which. Invariant: a wait is satisfied once
 * each of its keys has been put since it began, whatever became of the record afterwards; nobody forgets it before it
 * has been ended.
 */
import type { RecordHashes } from './record-hashes.js';

/** A key that somebody waits for. */
interface AwaitedKey {
  readonly low: number;
  readonly high: number;
  readonly check: number;
  /** When it was put, in notes taken before; Infinity: it has not been. */
  writtenAt: number;
  /** Who waits for it. */
  first: Link | undefined;
  /** Another key with the same place in the index. */
  sibling: AwaitedKey | undefined;
}

/** One key of one wait, in the row of all that wait for the key. */
interface Link {
  readonly wait: RecordWait;
  readonly key: AwaitedKey;
  previous: Link | undefined;
  next: Link | undefined;
  isCounted: boolean;
}

/** One message that waits, about 300 bytes with its first key and 100 for each other. */
export class RecordWait {
  /** The number of its queue. */
  readonly queue: number;
  readonly position: number;
  /** False: it does not outlive the process. */
  readonly isDurable: boolean;
  readonly links: Link[] = [];
  readonly #waits: RecordWaits;
  /** Keys that have not been counted yet. */
  missing = 0;

  constructor(waits: RecordWaits, queue: number, position: number, isDurable: boolean) {
    this.#waits = waits;
    this.queue = queue;
    this.position = position;
    this.isDurable = isDurable;
  }

  /** The message waits no longer, for whatever reason. */
  end(): void {
    this.#waits.forget(this);
  }

  /** Whether the key of this hash has still to be written. */
  awaits(low: number, high: number, check: number): boolean {
    return this.links.some(({ key }) => key.writtenAt === Infinity && isKey(key, low, high, check));
  }

  /** Visits the keys that had not been written when a note was taken. */
  eachMissing(note: number, visit: (key: Readonly<AwaitedKey>) => void): void {
    for (const { key } of this.links) if (key.writtenAt >= note) visit(key);
  }
}

/** Links that one step counts. */
const linksPerStep = 256;

export class RecordWaits {
  readonly #index = new Map<number, AwaitedKey>();
  /** Keys that were put, whose waiters are still to be counted. */
  readonly #written: AwaitedKey[] = [];
  /** Satisfied when they began, as recovery finds them. */
  readonly #unmet: RecordWait[] = [];
  #note = 1;

  /** Whether `step` has something to do. */
  get hasWork(): boolean {
    return this.#written.length > 0 || this.#unmet.length > 0;
  }

  /** Begins to wait for all of these keys. */
  add(queue: number, position: number, isDurable: boolean, hashes: RecordHashes): RecordWait {
    const wait = new RecordWait(this, queue, position, isDurable);
    for (let at = 0; at < hashes.count; at++)
      this.#link(wait, this.#provide(hashes.low(at), hashes.high(at), hashes.check(at)));
    wait.missing = hashes.count;
    if (hashes.count === 0) this.#unmet.push(wait);
    return wait;
  }

  #link(wait: RecordWait, key: AwaitedKey): void {
    const link: Link = { wait, key, previous: undefined, next: key.first, isCounted: false };
    if (key.first !== undefined) key.first.previous = link;
    key.first = link;
    wait.links.push(link);
  }

  #find(low: number, high: number, check: number): AwaitedKey | undefined {
    let key = this.#index.get(placeOf(low, high));
    while (key !== undefined && !isKey(key, low, high, check)) key = key.sibling;
    return key;
  }

  #provide(low: number, high: number, check: number): AwaitedKey {
    const known = this.#find(low, high, check);
    if (known !== undefined) return known;
    const place = placeOf(low, high);
    const sibling = this.#index.get(place);
    const key: AwaitedKey = { low, high, check, writtenAt: Infinity, first: undefined, sibling };
    this.#index.set(place, key);
    return key;
  }

  #remove(key: AwaitedKey): void {
    const place = placeOf(key.low, key.high);
    let before = this.#index.get(place);
    if (before === key) {
      if (key.sibling === undefined) this.#index.delete(place);
      else this.#index.set(place, key.sibling);
      return;
    }
    while (before !== undefined && before.sibling !== key) before = before.sibling;
    if (before !== undefined) before.sibling = key.sibling;
  }

  /** A record was put. Costs a test while nobody waits. */
  written(low: number, high: number, check: number): void {
    if (this.#index.size === 0) return;
    const key = this.#find(low, high, check);
    if (key === undefined) return;
    key.writtenAt = this.#note;
    this.#remove(key);
    this.#written.push(key);
  }

  /** Counts some of those who waited for what was written, and adds whoever waits for nothing more. */
  step(satisfied: RecordWait[]): void {
    satisfied.push(...this.#unmet.splice(0, linksPerStep));
    for (let left = linksPerStep; left > 0 && this.#written.length > 0; left--) {
      const key = this.#written[0]!;
      const link = key.first;
      if (link === undefined) {
        this.#written.shift();
        continue;
      }
      this.#unlink(link);
      if (--link.wait.missing === 0) satisfied.push(link.wait);
    }
  }

  #unlink(link: Link): void {
    const { key, previous, next } = link;
    link.isCounted = true;
    if (previous === undefined) key.first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
  }

  /** A wait has ended. */
  forget(wait: RecordWait): void {
    for (const link of wait.links) {
      if (link.isCounted) continue;
      this.#unlink(link);
      if (link.key.first === undefined && link.key.writtenAt === Infinity) this.#remove(link.key);
    }
  }

  /** Keeps apart what was written before from what will be; for `RecordWait.eachMissing`. */
  note(): number {
    return ++this.#note;
  }
}

/** 53 bits of the hash. */
function placeOf(low: number, high: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0);
}

function isKey(key: AwaitedKey, low: number, high: number, check: number): boolean {
  return key.low === low && key.high === high && key.check === check;
}
