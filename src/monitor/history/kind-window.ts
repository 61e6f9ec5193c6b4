/**
 * The newest ten seconds of every object of one kind, and its minute so far, in columns. Invariant: a cell is NaN where
 * the figure was not measured; a counter's cell is its increment over `covered` seconds, so that no count is lost in a
 * gap and none makes a false rate. Memory: 128 bytes a figure and 192 an object.
 */
import type { ObjectKind, Series } from '../metric.js';
import { seriesOf } from '../metric.js';
import { Points, valueMax } from './points.js';

export const windowSeconds = 10;

/** Beyond it an increment says nothing of any rate, and is unknown. */
const coveredSecondsMax = 3_600;
const initialSlots = 16;

export class KindWindow {
  readonly kind: ObjectKind;
  readonly series: readonly Series[];
  readonly #width: number;
  #capacity = 0;
  #used = 0;
  readonly #free: number[] = [];
  #cells = new Float64Array(0);
  #previous = new Float64Array(0);
  #ticks = new Float64Array(0);
  #covered = new Float64Array(0);
  #lastSecond = new Float64Array(0);
  #minute = new Points(0);
  #minuteTicks = new Float64Array(0);

  constructor(kind: ObjectKind) {
    this.kind = kind;
    this.series = seriesOf(kind);
    this.#width = this.series.length;
  }

  get memoryBytes(): number {
    const minute = this.#minute.sum.byteLength * 5;
    const arrays = [this.#cells, this.#previous, this.#ticks, this.#covered, this.#lastSecond];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, minute + this.#minuteTicks.byteLength);
  }

  /** Makes room for an object. */
  take(): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#capacity) this.#grow();
    this.#previous.fill(NaN, slot * this.#width, (slot + 1) * this.#width);
    this.#lastSecond[slot] = NaN;
    return slot;
  }

  /** Gives up the room of an object, whose window and minute are empty. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** When the object was last measured, Unix s; NaN: never. */
  lastSecond(slot: number): number {
    return this.#lastSecond[slot]!;
  }

  /**
   * Takes in one sample, its figures in the order of `series`, NaN for unknown ones. `isBorn`: the object was not there
   * a second ago, so that all that it counts came since.
   */
  measure(slot: number, second: number, figures: Float64Array, isBorn: boolean): void {
    const tick = second % windowSeconds;
    const before = this.#lastSecond[slot]!;
    if (second <= before) return;
    const gap = Number.isNaN(before) ? (isBorn ? 1 : 0) : second - before;
    const covered = gap <= coveredSecondsMax ? gap : 0;
    this.#lastSecond[slot] = second;
    this.#ticks[slot * windowSeconds + tick] = 1;
    this.#covered[slot * windowSeconds + tick] = covered;
    for (let column = 0; column < this.#width; column++) {
      const { kind, scale } = this.series[column]!;
      const scaled = Math.round(figures[column]! * scale);
      // A comparison with NaN is false: unknown stays unknown.
      const value = scaled > valueMax ? valueMax : scaled < -valueMax ? -valueMax : scaled;
      const at = slot * this.#width + column;
      const cell = kind === 'gauge' ? value : this.#increment(at, value, isBorn, covered);
      this.#cells[at * windowSeconds + tick] = cell;
    }
  }

  #increment(at: number, value: number, isBorn: boolean, covered: number): number {
    const previous = isBorn ? 0 : this.#previous[at]!;
    this.#previous[at] = value;
    if (covered === 0 || Number.isNaN(previous)) return NaN;
    // A counter that is less than before began anew.
    return value >= previous ? value - previous : Math.max(0, value);
  }

  /** How often the object was measured in each second of the window; false: never. */
  readTicks(slot: number, into: Float64Array): boolean {
    let any = false;
    for (let tick = 0; tick < windowSeconds; tick++) {
      const measured = this.#ticks[slot * windowSeconds + tick]!;
      into[tick] = measured;
      if (measured !== 0) any = true;
    }
    return any;
  }

  /** The ten points of one figure. */
  readWindow(slot: number, column: number, into: Points): void {
    const isCounter = this.series[column]!.kind === 'counter';
    const start = (slot * this.#width + column) * windowSeconds;
    for (let tick = 0; tick < windowSeconds; tick++) {
      into.weight[tick] = 0;
      const at = slot * windowSeconds + tick;
      const value = this.#cells[start + tick]!;
      if (this.#ticks[at] === 0 || Number.isNaN(value)) continue;
      into.measure(tick, value, isCounter ? this.#covered[at]! : 1);
    }
  }

  /** Adds the window to the minute. */
  addToMinute(slot: number, column: number, window: Points): void {
    for (let tick = 0; tick < windowSeconds; tick++)
      this.#minute.combine(slot * this.#width + column, window, tick);
  }

  readMinute(slot: number, column: number, into: Points): void {
    into.replace(0, this.#minute, slot * this.#width + column);
  }

  /** How often the object was measured in the minute. */
  minuteTicks(slot: number): number {
    return this.#minuteTicks[slot]!;
  }

  /** Empties the window; its ticks count in the minute. */
  endWindow(slot: number): void {
    const start = slot * windowSeconds;
    for (let tick = 0; tick < windowSeconds; tick++) {
      this.#minuteTicks[slot]! += this.#ticks[start + tick]!;
      this.#ticks[start + tick] = 0;
      this.#covered[start + tick] = 0;
    }
  }

  endMinute(slot: number): void {
    this.#minuteTicks[slot] = 0;
    this.#minute.weight.fill(0, slot * this.#width, (slot + 1) * this.#width);
  }

  #grow(): void {
    this.#capacity = Math.max(initialSlots, Math.ceil(this.#capacity * 1.5));
    const slots = this.#capacity;
    const figures = slots * this.#width;
    this.#cells = enlarged(this.#cells, figures * windowSeconds);
    this.#previous = enlarged(this.#previous, figures);
    this.#ticks = enlarged(this.#ticks, slots * windowSeconds);
    this.#covered = enlarged(this.#covered, slots * windowSeconds);
    this.#lastSecond = enlarged(this.#lastSecond, slots);
    this.#minuteTicks = enlarged(this.#minuteTicks, slots);
    const minute = new Points(figures);
    for (const column of ['weight', 'sum', 'last', 'min', 'max'] as const)
      minute[column].set(this.#minute[column]);
    this.#minute = minute;
  }
}

function enlarged(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}
