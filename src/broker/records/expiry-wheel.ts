/**
 * When records expire: a hierarchical timing wheel (Varghese and Lauck 1987) whose lists run through the records
 * themselves, so that adding and removing cost the same however many there are. Invariant: a record that expires is
 * in exactly one list; no step moves more records than it was allowed to.
 *
 * Three levels of 1,024 slots: of about a second, of 17 minutes, and of 12 days. A slot's list is in the order of
 * arrival, so that records of one time to live leave in the order in which they came.
 */
import { Word, type RecordPages } from './record-pages.js';

/** The width of a slot of the lowest level, milliseconds. */
export const tickMs = 1_024;
const levelShift = 10;
const levelSlots = 1 << levelShift;
const slotMask = levelSlots - 1;
const levels = 3;
const ticksMax = 2 ** (levelShift * levels);
/** Marks a link that leads to a slot instead of a record. */
const slotBit = 0x8000_0000;

export class ExpiryWheel {
  readonly #records: RecordPages;
  readonly #originMs: number;
  /** First and last record of each slot, 0 for none; the slots of each level lie behind one another. */
  readonly #heads = new Uint32Array(levels * levelSlots);
  readonly #tails = new Uint32Array(levels * levelSlots);
  /** One bit a slot: whether it holds something. */
  readonly #filled = new Uint32Array((levels * levelSlots) / 32);
  /** The tick whose slot is emptied next. */
  #tick = 0;
  /** Slots of upper levels whose records must come down before the tick goes on, the last first. */
  readonly #falling: number[] = [];
  size = 0;

  /** `nowMs`: Unix milliseconds. */
  constructor(records: RecordPages, nowMs: number) {
    this.#records = records;
    this.#originMs = nowMs - tickMs;
  }

  add(record: number): void {
    this.size++;
    this.#append(this.#slotFor(this.#tickOf(this.#records.expiryMs(record))), record);
  }

  remove(record: number): void {
    this.size--;
    this.#unlink(record);
  }

  /**
   * Adds to `into` up to `count` records whose slot's time is over; they stay until they are removed. None: nothing is
   * due, or `movesMax` records came down from upper levels and there is more to do: see `isBehind`.
   */
  takeDue(nowMs: number, movesMax: number, count: number, into: number[]): void {
    const nowTick = Math.floor((nowMs - this.#originMs) / tickMs);
    if (this.size === 0) {
      this.#falling.length = 0;
      this.#tick = Math.max(this.#tick, Math.min(nowTick, ticksMax - 1));
    }
    for (let moves = this.#fall(movesMax); moves > 0 && this.#tick < nowTick; moves = this.#fall(moves)) {
      let record = this.#heads[this.#tick & slotMask]!;
      for (
        ;
        record !== 0 && record < slotBit && into.length < count;
        record = this.#records.word(record, Word.next)
      )
        into.push(record);
      if (into.length > 0) return;
      this.#advance();
    }
  }

  /** Whether something is due that the moves did not suffice for. */
  get isBehind(): boolean {
    return this.#falling.length > 0;
  }

  /** About when `takeDue` has something to give or to move, in Unix milliseconds; Infinity: never. */
  get nextMs(): number {
    if (this.size === 0) return Infinity;
    const at = this.#tick & slotMask;
    const slot = this.#filledFrom(0, at);
    const ticks = slot >= 0 ? slot - at + 1 : levelSlots - at;
    return this.#originMs + (this.#tick + ticks) * tickMs;
  }

  /** The record that goes first where one must go before its time; 0: none expires. */
  first(): number {
    for (let level = 0; level < levels; level++) {
      const from = Math.floor(this.#tick / 2 ** (levelShift * level)) & slotMask;
      let slot = this.#filledFrom(level, from);
      if (slot < 0) slot = this.#filledFrom(level, 0);
      if (slot >= 0) return this.#heads[level * levelSlots + slot]!;
    }
    return 0;
  }

  #tickOf(expiryMs: number): number {
    const tick = Math.floor((expiryMs - this.#originMs) / tickMs);
    return Math.min(Math.max(tick, this.#tick), ticksMax - 1);
  }

  #slotFor(tick: number): number {
    if (tick - this.#tick < levelSlots) return tick & slotMask;
    const middle = tick >>> levelShift;
    if (middle - (this.#tick >>> levelShift) < levelSlots) return levelSlots + (middle & slotMask);
    return 2 * levelSlots + (tick >>> (2 * levelShift));
  }

  /** Goes on to the next tick; what is near enough by then falls to a lower level first. */
  #advance(): void {
    this.#tick++;
    if ((this.#tick & slotMask) !== 0) return;
    const middle = this.#tick >>> levelShift;
    this.#falling.push(levelSlots + (middle & slotMask));
    if ((middle & slotMask) === 0) this.#falling.push(2 * levelSlots + (middle >>> levelShift));
  }

  /** Moves records down; returns how many more may be moved. */
  #fall(moves: number): number {
    for (let slot = this.#falling.at(-1); slot !== undefined; slot = this.#falling.at(-1)) {
      for (let record = this.#heads[slot]!; record !== 0; record = this.#heads[slot]!) {
        if (moves-- === 0) return 0;
        this.#unlink(record);
        this.#append(this.#slotFor(this.#tickOf(this.#records.expiryMs(record))), record);
      }
      this.#falling.pop();
    }
    return moves;
  }

  #append(slot: number, record: number): void {
    const records = this.#records;
    const tail = this.#tails[slot]!;
    if (tail === 0) {
      this.#heads[slot] = record;
      this.#filled[slot >>> 5]! |= 1 << (slot & 31);
    } else {
      records.setWord(tail, Word.next, record);
    }
    records.setWord(record, Word.previous, tail === 0 ? slotBit + slot : tail);
    records.setWord(record, Word.next, slotBit + slot);
    this.#tails[slot] = record;
  }

  #unlink(record: number): void {
    const records = this.#records;
    const next = records.word(record, Word.next);
    const previous = records.word(record, Word.previous);
    if (next >= slotBit) this.#tails[next - slotBit] = previous >= slotBit ? 0 : previous;
    else records.setWord(next, Word.previous, previous);
    if (previous < slotBit) {
      records.setWord(previous, Word.next, next);
      return;
    }
    const slot = previous - slotBit;
    this.#heads[slot] = next >= slotBit ? 0 : next;
    if (next >= slotBit) this.#filled[slot >>> 5]! &= ~(1 << (slot & 31));
  }

  /** The first slot of a level, at or after `from`, that holds something; -1: none. */
  #filledFrom(level: number, from: number): number {
    const base = (level * levelSlots) >>> 5;
    for (let word = from >>> 5; word < levelSlots >>> 5; word++) {
      let bits = this.#filled[base + word]!;
      if (word === from >>> 5) bits &= -1 << (from & 31);
      if (bits !== 0) return word * 32 + (31 - Math.clz32(bits & -bits));
    }
    return -1;
  }
}
