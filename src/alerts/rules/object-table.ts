/**
 * Every object of one kind that rules look at, in columns: who it is, when it was seen, and what the columns that rules
 * name were in the last minutes. Invariant: a slot belongs to one object until it is released; a moment at which an
 * object was not seen is unknown in its ring. Only the columns that rules read are kept.
 */
import type { Read } from './compile.js';
import { FigureRing } from './figure-ring.js';

/** Longer times are read from history. */
export const ringSecondsMax = 300;
const initialSlots = 16;

/** A figure is of a moment that is no further from it. */
const nearSeconds = 30;

export class ObjectTable {
  readonly #width: number;
  readonly #intervalSeconds: number;
  #rings: readonly FigureRing[] = [];
  #ringOf: readonly (FigureRing | undefined)[] = [];
  #ticks = 1;
  /** Seconds of the last ticks. */
  #seconds = new Float64Array(1).fill(NaN);
  #tick = -1;
  readonly #slots = new Map<string, number>();
  readonly #labels: (readonly string[] | undefined)[] = [];
  readonly #free: number[] = [];
  #capacity = 0;
  #seenTick = new Float64Array(0);
  #seenSecond = new Float64Array(0);
  /** Slots in the order in which the last tick saw them: the next one most likely does too. */
  #order: number[] = [];
  #place = 0;

  /** `intervalSeconds`: between two ticks, at least. */
  constructor(width: number, intervalSeconds: number) {
    this.#width = width;
    this.#intervalSeconds = intervalSeconds;
  }

  /** Keeps what is read from now on; what is known of a column that was read before stays. */
  keep(reads: readonly Read[]): void {
    const kept = reads.filter(({ seconds }) => seconds > 0 && seconds <= ringSecondsMax);
    const longest = kept.reduce((max, { seconds }) => Math.max(max, seconds), 0);
    const ticks = Math.max(this.#ticks, Math.ceil(longest / this.#intervalSeconds) + 2);
    if (ticks > this.#ticks) this.#lengthen(ticks);
    this.#rings = [...new Set(kept.map(({ column }) => column))].map(
      (column) => this.#ringOf[column] ?? new FigureRing(column, ticks, this.#capacity),
    );
    this.#ringOf = Array.from({ length: this.#width }, (_, column) =>
      this.#rings.find((ring) => ring.column === column),
    );
  }

  /** Of what is kept of figures. */
  get memoryBytes(): number {
    return this.#rings.reduce((sum, ring) => sum + ring.memoryBytes, 0);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Begins a moment: nothing is seen yet. */
  begin(second: number): void {
    this.#tick++;
    this.#seconds[this.#tick % this.#ticks] = second;
    this.#place = 0;
  }

  /** Takes in an object that was measured, and gives its slot. */
  see(labels: readonly string[], figures: Float64Array): number {
    const slot = this.#find(labels);
    const missed = Math.min(this.#tick - this.#seenTick[slot]! - 1, this.#ticks - 1);
    for (const ring of this.#rings) ring.put(slot, this.#tick, missed, figures[ring.column]!);
    this.#seenTick[slot] = this.#tick;
    this.#seenSecond[slot] = this.#seconds[this.#tick % this.#ticks]!;
    return slot;
  }

  /** Whether an object was measured in this moment. */
  isSeen(slot: number): boolean {
    return this.#seenTick[slot] === this.#tick;
  }

  /** When it was last measured. */
  seenSecond(slot: number): number {
    return this.#seenSecond[slot]!;
  }

  labels(slot: number): readonly string[] {
    return this.#labels[slot] ?? [];
  }

  /** The slot of an object that may not have been measured yet. */
  place(labels: readonly string[]): number {
    return this.#slots.get(labels.join('\u0000')) ?? this.#add([...labels]);
  }

  *all(): Generator<number, void, undefined> {
    for (const slot of this.#slots.values()) yield slot;
  }

  release(slot: number): void {
    const labels = this.#labels[slot];
    if (labels === undefined) return;
    this.#slots.delete(labels.join('\u0000'));
    this.#labels[slot] = undefined;
    this.#free.push(slot);
    this.#order = [];
  }

  /** Increments a second of a counter over the last `seconds`; NaN: under half of that time is known. */
  rate(slot: number, column: number, seconds: number): number {
    const ring = this.#ringOf[column];
    if (ring === undefined) return NaN;
    let later = ring.at(slot, this.#tick, 0);
    if (Number.isNaN(later)) return NaN;
    const now = this.#seconds[this.#tick % this.#ticks]!;
    let [increments, since] = [0, now];
    for (let back = 1; back < this.#ticks && back <= this.#tick; back++) {
      const second = this.#seconds[(this.#tick - back) % this.#ticks]!;
      if (now - second > seconds) break;
      const count = ring.at(slot, this.#tick, back);
      if (Number.isNaN(count)) continue;
      // A counter that went back began again.
      increments += later >= count ? later - count : later;
      [later, since] = [count, second];
    }
    return now - since < seconds / 2 ? NaN : increments / (now - since);
  }

  /** What a column was `seconds` ago; NaN: nothing was measured around then. */
  past(slot: number, column: number, seconds: number): number {
    const ring = this.#ringOf[column];
    if (ring === undefined) return NaN;
    const wanted = this.#seconds[this.#tick % this.#ticks]! - seconds;
    for (let back = 0; back < this.#ticks && back <= this.#tick; back++) {
      const second = this.#seconds[(this.#tick - back) % this.#ticks]!;
      if (second <= wanted) return wanted - second > nearSeconds ? NaN : ring.at(slot, this.#tick, back);
    }
    return NaN;
  }

  #find(labels: readonly string[]): number {
    const guess = this.#order[this.#place];
    if (guess !== undefined && isSame(this.#labels[guess], labels)) {
      this.#place++;
      return guess;
    }
    const slot = this.place(labels);
    this.#order[this.#place++] = slot;
    return slot;
  }

  #add(labels: readonly string[]): number {
    const slot = this.#free.pop() ?? this.#labels.length;
    if (slot >= this.#capacity) this.#grow();
    this.#labels[slot] = labels;
    this.#slots.set(labels.join('\u0000'), slot);
    this.#seenTick[slot] = -Infinity;
    this.#seenSecond[slot] = NaN;
    for (const ring of this.#rings) ring.clear(slot);
    return slot;
  }

  /** Room for more ticks: those that are known keep their distance from now. */
  #lengthen(ticks: number): void {
    const longer = new Float64Array(ticks).fill(NaN);
    for (let back = 0; back < this.#ticks && back <= this.#tick; back++)
      longer[(this.#tick - back) % ticks] = this.#seconds[(this.#tick - back) % this.#ticks]!;
    this.#seconds = longer;
    for (const ring of this.#rings) ring.lengthen(ticks, this.#tick);
    this.#ticks = ticks;
  }

  #grow(): void {
    this.#capacity = Math.max(initialSlots, this.#capacity * 2);
    this.#seenTick = grown(this.#seenTick, this.#capacity);
    this.#seenSecond = grown(this.#seenSecond, this.#capacity);
    for (const ring of this.#rings) ring.grow(this.#capacity);
  }
}

function isSame(known: readonly string[] | undefined, labels: readonly string[]): boolean {
  if (known?.length !== labels.length) return false;
  for (let at = 0; at < labels.length; at++) if (known[at] !== labels[at]) return false;
  return true;
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length).fill(NaN);
  larger.set(column);
  return larger;
}
