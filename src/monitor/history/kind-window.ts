/**
 * The newest ten seconds of every object of one kind, and its minute so far, in columns. Invariant: a cell is NaN where
 * the figure was not measured; a counter's cell is its increment over `covered` seconds, so that no count is lost in a
 * gap and none makes a false rate. A second in which an object stood as before is a bit, and gets cells only when
 * another second of the same window differs. Memory: 128 bytes a figure and 208 an object.
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
  /** Of `series`: an object for each column would be read for each figure of each object. */
  readonly #scales: Float64Array;
  readonly #isGauge: Uint8Array;
  #capacity = 0;
  #used = 0;
  readonly #free: number[] = [];
  /** By object, by second, by column: one measurement fills neighbours. */
  #cells = new Float64Array(0);
  /** What was measured last. */
  #previous = new Float64Array(0);
  /** Of `#previous`, as in a sample; 0: it has none. */
  #revisions = new Float64Array(0);
  /** The seconds of the window, as bits, that have no cells: the figures are those in `#previous`. */
  #repeated = new Uint16Array(0);
  #ticks = new Float64Array(0);
  #covered = new Float64Array(0);
  #lastSecond = new Float64Array(0);
  #minute = new Points(0);
  #minuteTicks = new Float64Array(0);

  constructor(kind: ObjectKind) {
    this.kind = kind;
    this.series = seriesOf(kind);
    this.#width = this.series.length;
    this.#scales = Float64Array.from(this.series, ({ scale }) => scale);
    this.#isGauge = Uint8Array.from(this.series, (series) => Number(series.kind === 'gauge'));
  }

  get memoryBytes(): number {
    const minute = this.#minute.sum.byteLength * 5;
    const perSecond = [this.#cells, this.#ticks, this.#covered, this.#repeated];
    const arrays = [...perSecond, this.#previous, this.#revisions, this.#lastSecond];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, minute + this.#minuteTicks.byteLength);
  }

  /** Makes room for an object. */
  take(): number {
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#capacity) this.#grow();
    this.#previous.fill(NaN, slot * this.#width, (slot + 1) * this.#width);
    this.#lastSecond[slot] = NaN;
    this.#revisions[slot] = 0;
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
   * Takes in that the object stands as it did when it was measured last. False: that is not known of this `revision`, and
   * it has to be measured.
   */
  repeat(slot: number, second: number, revision: number): boolean {
    const before = this.#lastSecond[slot]!;
    if (revision === 0 || this.#revisions[slot] !== revision) return false;
    const covered = second - before;
    // Without a measurement before it `covered` is NaN.
    if (!(covered >= 1 && covered <= coveredSecondsMax)) return false;
    const tick = second % windowSeconds;
    this.#lastSecond[slot] = second;
    this.#ticks[slot * windowSeconds + tick] = 1;
    this.#covered[slot * windowSeconds + tick] = covered;
    this.#repeated[slot]! |= 1 << tick;
    return true;
  }

  /**
   * Takes in one sample, its figures in the order of `series`, NaN for unknown ones. `isBorn`: the object was not there
   * a second ago, so that all that it counts came since.
   */
  measure(slot: number, second: number, figures: Float64Array, isBorn: boolean, revision = 0): void {
    const tick = second % windowSeconds;
    const before = this.#lastSecond[slot]!;
    if (second <= before) return;
    const gap = Number.isNaN(before) ? (isBorn ? 1 : 0) : second - before;
    const covered = gap <= coveredSecondsMax ? gap : 0;
    if (this.#repeated[slot] !== 0) this.#writeRepeated(slot);
    this.#lastSecond[slot] = second;
    this.#revisions[slot] = revision;
    this.#ticks[slot * windowSeconds + tick] = 1;
    this.#covered[slot * windowSeconds + tick] = covered;
    const start = slot * this.#width;
    const cells = (slot * windowSeconds + tick) * this.#width;
    for (let column = 0; column < this.#width; column++) {
      const scaled = Math.round(figures[column]! * this.#scales[column]!);
      // A comparison with NaN is false: unknown stays unknown.
      const value = scaled > valueMax ? valueMax : scaled < -valueMax ? -valueMax : scaled;
      if (this.#isGauge[column] === 1) this.#previous[start + column] = this.#cells[cells + column] = value;
      else this.#cells[cells + column] = this.#increment(start + column, value, isBorn, covered);
    }
  }

  /** Gives cells to the seconds in which the object stood as before. */
  #writeRepeated(slot: number): void {
    const repeated = this.#repeated[slot]!;
    for (let tick = 0; tick < windowSeconds; tick++) {
      if ((repeated & (1 << tick)) === 0) continue;
      const cells = (slot * windowSeconds + tick) * this.#width;
      for (let column = 0; column < this.#width; column++)
        this.#cells[cells + column] = this.#repeatedValue(slot, column);
    }
    this.#repeated[slot] = 0;
  }

  /** What a cell holds that repeats: a counter has not grown, and an unknown figure stays unknown. */
  #repeatedValue(slot: number, column: number): number {
    const previous = this.#previous[slot * this.#width + column]!;
    return this.#isGauge[column] === 1 || Number.isNaN(previous) ? previous : 0;
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
    const isCounter = this.#isGauge[column] === 0;
    if (this.#repeated[slot] !== 0) this.#writeRepeated(slot);
    for (let tick = 0; tick < windowSeconds; tick++) {
      into.weight[tick] = 0;
      const at = slot * windowSeconds + tick;
      const value = this.#cells[at * this.#width + column]!;
      if (this.#ticks[at] === 0 || Number.isNaN(value)) continue;
      into.measure(tick, value, isCounter ? this.#covered[at]! : 1);
    }
  }

  /** The seconds that each measurement of the window covers; 0 where there is none. */
  readCovered(slot: number, into: Float64Array): void {
    for (let tick = 0; tick < windowSeconds; tick++) into[tick] = this.#covered[slot * windowSeconds + tick]!;
  }

  /** Makes ready for `steadyValue` of all columns. */
  endSeconds(slot: number): void {
    for (let tick = 0; tick < windowSeconds; tick++) {
      const isRepeated = (this.#repeated[slot]! & (1 << tick)) !== 0;
      if (this.#ticks[slot * windowSeconds + tick] === 0 || isRepeated) continue;
      this.#writeRepeated(slot);
      return;
    }
  }

  /**
   * What a figure was in all measurements of a window that has one, of a counter its growth; NaN: it was known in none.
   * Undefined: it was not always the same.
   */
  steadyValue(slot: number, column: number): number | undefined {
    if (this.#repeated[slot] !== 0) return this.#repeatedValue(slot, column);
    let value: number | undefined;
    for (let at = slot * windowSeconds; at < (slot + 1) * windowSeconds; at++) {
      if (this.#ticks[at] === 0) continue;
      const cell = this.#cells[at * this.#width + column]!;
      // Two NaN are not equal.
      if (value === undefined) value = cell;
      else if (cell !== value && !(Number.isNaN(value) && Number.isNaN(cell))) return undefined;
    }
    return value;
  }

  /** Adds a figure to the minute that was known, and the same, for so many seconds. */
  addSteadyToMinute(slot: number, column: number, value: number, seconds: number): void {
    this.#minute.repeat(slot * this.#width + column, value, seconds);
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
    this.#repeated[slot] = 0;
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
    this.#revisions = enlarged(this.#revisions, slots);
    const repeated = new Uint16Array(slots);
    repeated.set(this.#repeated);
    this.#repeated = repeated;
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
