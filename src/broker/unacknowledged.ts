/**
 * What a channel has delivered and not yet seen settled: a ring by delivery tag. Invariant: tags between
 * `first` and `next` are in the ring; a settled one has holder 0 until the front passes it.
 */
import { assert } from '../kernel/index.js';

const capacityMin = 64;

export class Unacknowledged {
  #holders = new Uint32Array(capacityMin);
  #positions = new Float64Array(capacityMin);
  #deliveredAt = new Float64Array(capacityMin);
  #waits = new Float32Array(capacityMin);
  #mask = capacityMin - 1;
  /** The smallest tag that may be unsettled, and the next to be given. */
  first = 1;
  next = 1;
  count = 0;

  /** Adds a delivery; returns its tag. `holder` is a number above 0 of the channel's choice. */
  add(holder: number, position: number, nowMs: number): number {
    if (this.next - this.first > this.#mask) this.#grow();
    const tag = this.next++;
    const at = tag & this.#mask;
    this.#holders[at] = holder;
    this.#positions[at] = position;
    this.#deliveredAt[at] = nowMs;
    this.#waits[at] = NaN;
    this.count++;
    return tag;
  }

  /** Gives out a tag that needs no acknowledgement. */
  skip(): number {
    if (this.count === 0) {
      this.first = this.next + 1;
      return this.next++;
    }
    if (this.next - this.first > this.#mask) this.#grow();
    const tag = this.next++;
    this.#holders[tag & this.#mask] = 0;
    return tag;
  }

  /** The holder of an unsettled tag, or 0. */
  holder(tag: number): number {
    if (tag < this.first || tag >= this.next) return 0;
    return this.#holders[tag & this.#mask]!;
  }

  position(tag: number): number {
    return this.#positions[tag & this.#mask]!;
  }

  /** When a delivery was made that is unsettled, or was settled last, in Unix ms. */
  deliveredAtMs(tag: number): number {
    return this.#deliveredAt[tag & this.#mask]!;
  }

  /** How long the message had waited when it was delivered; NaN: that was not measured. */
  waitMs(tag: number): number {
    return this.#waits[tag & this.#mask]!;
  }

  setWait(tag: number, milliseconds: number): void {
    this.#waits[tag & this.#mask] = milliseconds;
  }

  settle(tag: number): void {
    const at = tag & this.#mask;
    assert(this.#holders[at] !== 0, 'a delivery is settled once');
    this.#holders[at] = 0;
    this.count--;
    if (tag === this.first) this.#advance();
  }

  #advance(): void {
    if (this.count === 0) {
      this.first = this.next;
      return;
    }
    while (this.#holders[this.first & this.#mask] === 0) this.first++;
  }

  #grow(): void {
    const capacity = (this.#mask + 1) * 2;
    const holders = new Uint32Array(capacity);
    const positions = new Float64Array(capacity);
    const deliveredAt = new Float64Array(capacity);
    const waits = new Float32Array(capacity);
    for (let tag = this.first; tag < this.next; tag++) {
      const from = tag & this.#mask;
      const to = tag & (capacity - 1);
      holders[to] = this.#holders[from]!;
      positions[to] = this.#positions[from]!;
      deliveredAt[to] = this.#deliveredAt[from]!;
      waits[to] = this.#waits[from]!;
    }
    this.#holders = holders;
    this.#positions = positions;
    this.#deliveredAt = deliveredAt;
    this.#waits = waits;
    this.#mask = capacity - 1;
  }
}
