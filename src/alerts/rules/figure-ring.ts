/**
 * One figure of every object at the last ticks. Invariant: a figure that has not changed in all that is kept takes one
 * number and no cells; of 10,000 queues few change within five minutes. Memory: 20 bytes an object, and 8 a tick and 4
 * besides for each whose figure changes.
 */

/** The figure is in `#values`, and has been since a tick. */
const steady = -1;
const initialPlaces = 16;

export class FigureRing {
  readonly column: number;
  #ticks: number;
  #values = new Float64Array(0);
  /** The tick since which a steady figure is known; Infinity: it is not. */
  #since = new Float64Array(0);
  /** Which cells an object has; `steady`: none. */
  #places = new Int32Array(0);
  #cells = new Float64Array(0);
  /** Of each place: the tick of its last change. */
  #changed = new Float64Array(0);
  readonly #free: number[] = [];
  #placesUsed = 0;

  /** `ticks`: how many are kept; the newest is one of them. */
  constructor(column: number, ticks: number, capacity: number) {
    this.column = column;
    this.#ticks = ticks;
    this.grow(capacity);
  }

  get memoryBytes(): number {
    const arrays = [this.#values, this.#since, this.#places, this.#cells, this.#changed];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Makes room for more objects. */
  grow(capacity: number): void {
    this.#values = enlarged(this.#values, new Float64Array(capacity));
    this.#since = enlarged(this.#since, new Float64Array(capacity).fill(Infinity));
    this.#places = enlarged(this.#places, new Int32Array(capacity).fill(steady));
  }

  /** Forgets an object. */
  clear(slot: number): void {
    const place = this.#places[slot]!;
    if (place !== steady) this.#free.push(place);
    this.#places[slot] = steady;
    this.#since[slot] = Infinity;
  }

  /** Takes in the figure of a tick; it was not known at the `missed` ticks before it. Ticks do not go back. */
  put(slot: number, tick: number, missed: number, value: number): void {
    const place = this.#places[slot]!;
    if (place !== steady) {
      this.#write(slot, place, tick, missed, value);
      return;
    }
    const since = this.#since[slot]!;
    if (since !== Infinity) {
      if (missed === 0 && Object.is(this.#values[slot], value)) return;
      if (missed + 1 < this.#ticks) this.#spread(slot, tick, missed, value);
      if (this.#places[slot] !== steady) return;
    }
    this.#values[slot] = value;
    this.#since[slot] = tick;
  }

  /** The figure `back` ticks before `tick`, the newest, in which it was put; NaN: it was not known. */
  at(slot: number, tick: number, back: number): number {
    const place = this.#places[slot]!;
    if (place === steady) return tick - back >= this.#since[slot]! ? this.#values[slot]! : NaN;
    return this.#cells[place * this.#ticks + ((tick - back) % this.#ticks)]!;
  }

  /** Keeps more ticks; those that are known keep their distance from `tick`. */
  lengthen(ticks: number, tick: number): void {
    const [before, cells] = [this.#ticks, this.#cells];
    this.#ticks = ticks;
    this.#cells = new Float64Array(this.#changed.length * ticks).fill(NaN);
    for (let place = 0; place < this.#placesUsed; place++)
      for (let back = 0; back < before && back <= tick; back++)
        this.#cells[place * ticks + ((tick - back) % ticks)] =
          cells[place * before + ((tick - back) % before)]!;
  }

  /** Gives cells to a steady figure that changes. */
  #spread(slot: number, tick: number, missed: number, value: number): void {
    const place = this.#take();
    const start = place * this.#ticks;
    for (let back = 1; back < this.#ticks; back++) {
      const isKnown = back > missed && tick - back >= this.#since[slot]!;
      if (back <= tick)
        this.#cells[start + ((tick - back) % this.#ticks)] = isKnown ? this.#values[slot]! : NaN;
    }
    this.#cells[start + (tick % this.#ticks)] = value;
    this.#changed[place] = tick;
    this.#places[slot] = place;
  }

  #write(slot: number, place: number, tick: number, missed: number, value: number): void {
    const start = place * this.#ticks;
    for (let back = 1; back <= missed && back < this.#ticks; back++)
      this.#cells[start + ((tick - back) % this.#ticks)] = NaN;
    const before = this.#cells[start + ((tick - 1) % this.#ticks)]!;
    this.#cells[start + (tick % this.#ticks)] = value;
    if (missed > 0 || !Object.is(before, value)) this.#changed[place] = tick;
    if (tick - this.#changed[place]! < this.#ticks - 1) return;
    this.clear(slot);
    this.#values[slot] = value;
    this.#since[slot] = this.#changed[place]!;
  }

  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#placesUsed === this.#changed.length) {
      const places = Math.max(initialPlaces, Math.ceil(this.#placesUsed * 1.5));
      this.#changed = enlarged(this.#changed, new Float64Array(places));
      this.#cells = enlarged(this.#cells, new Float64Array(places * this.#ticks));
    }
    return this.#placesUsed++;
  }
}

function enlarged<Column extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  from: Column,
  larger: Column,
): Column {
  larger.set(from);
  return larger;
}
