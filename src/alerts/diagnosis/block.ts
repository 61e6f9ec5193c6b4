/**
 * The last two minutes of up to 64 objects of a kind, and what is usual for each, in columns. A step of an object is one
 * stretch of memory: with an object each, in arrays of its own, 10,000 queues took ten times as long, waiting for memory.
 * Invariant: NaN is unknown; what is usual never includes the last minute, so that a fault does not soon become usual.
 */
import { CoarseColumn, HourProfile } from './slow-columns.js';
import { fading, stepSeconds, stepsKept, usualLagSteps, usualStepsMax, usualStepsMin } from './steps.js';

/** What of a column is kept beside the steps. */
export interface ColumnPlan {
  readonly series: string;
  /** Where it stands in a sample. */
  readonly source: number;
  readonly isCounter: boolean;
  readonly keepsHours: boolean;
  readonly isCoarse: boolean;
}

export const blockRows = 64;
/** Long before any step that is measured. */
const never = -(2 ** 30);
/** What is learned of a cell: its mean, the distance from it, the highest value, and the longest stillness. */
const learnedWidth = 4;

export class Block {
  /** Columns of a row. */
  readonly width: number;
  /** Rates of counters and values of gauges: all rows of a step, step by step, `stepsKept` of them in a ring. */
  readonly values: Float32Array;
  readonly lastStep = new Int32Array(blockRows).fill(never);
  readonly firstStep = new Int32Array(blockRows).fill(never);
  /** Until this step nothing becomes usual: something is wrong. */
  readonly frozenUntilStep = new Int32Array(blockRows).fill(never);
  readonly isUsed = new Uint8Array(blockRows);
  readonly #previous: Float64Array;
  readonly #learned: Float32Array;
  readonly #usualSteps: Uint8Array;
  readonly #stillSince: Int32Array;
  /** The newest step of which is known whether the object was there. */
  readonly #knownUntil = new Int32Array(blockRows).fill(never);
  readonly #sources: Uint16Array;
  readonly #isCounter: Uint8Array;
  readonly #hours = new Map<number, HourProfile>();
  readonly #coarse = new Map<number, CoarseColumn>();
  readonly #hourColumns: readonly number[];
  readonly #coarseColumns: readonly number[];

  constructor(plan: readonly ColumnPlan[]) {
    const cells = plan.length * blockRows;
    this.width = plan.length;
    this.values = new Float32Array(cells * stepsKept);
    this.#previous = new Float64Array(cells);
    this.#learned = new Float32Array(cells * learnedWidth);
    this.#usualSteps = new Uint8Array(cells);
    this.#stillSince = new Int32Array(cells);
    this.#sources = Uint16Array.from(plan, ({ source }) => source);
    this.#isCounter = Uint8Array.from(plan, ({ isCounter }) => (isCounter ? 1 : 0));
    this.#hourColumns = plan.flatMap(({ keepsHours }, column) => (keepsHours ? [column] : []));
    this.#coarseColumns = plan.flatMap(({ isCoarse }, column) => (isCoarse ? [column] : []));
  }

  /** Gives a row to an object that came at `step`. */
  open(row: number, step: number): void {
    const [from, to] = [row * this.width, (row + 1) * this.width];
    this.isUsed[row] = 1;
    this.firstStep[row] = step;
    for (const each of [this.lastStep, this.frozenUntilStep, this.#knownUntil]) each[row] = never;
    this.#previous.fill(NaN, from, to);
    this.#usualSteps.fill(0, from, to);
    this.#stillSince.fill(step, from, to);
    for (let cell = from; cell < to; cell++) {
      const at = cell * learnedWidth;
      this.#learned.fill(NaN, at, at + 3);
      this.#learned[at + 3] = 0;
    }
    for (let slot = 0; slot < stepsKept; slot++) this.#clear(row, slot);
    for (const column of this.#hourColumns) this.#hours.set(from + column, new HourProfile());
    for (const column of this.#coarseColumns) this.#coarse.set(from + column, new CoarseColumn());
  }

  close(row: number): void {
    this.isUsed[row] = 0;
    for (let cell = row * this.width; cell < (row + 1) * this.width; cell++) {
      this.#hours.delete(cell);
      this.#coarse.delete(cell);
    }
  }

  /** Takes in the figures of a step. */
  take(row: number, step: number, figures: Float64Array): void {
    this.#forget(row, step - 1);
    this.#knownUntil[row] = step;
    const { values, width } = this;
    const seconds = (step - this.lastStep[row]!) * stepSeconds;
    const into = ((step % stepsKept) * blockRows + row) * width;
    for (let column = 0, cell = row * width; column < width; column++, cell++) {
      const figure = figures[this.#sources[column]!]!;
      values[into + column] =
        this.#isCounter[column] === 1 ? this.#increment(cell, figure, step, seconds) : figure;
    }
    for (const column of this.#coarseColumns)
      this.#coarse.get(row * width + column)!.take(step, values[into + column]!);
    this.#learn(row, step);
    this.lastStep[row] = step;
  }

  /** The step was measured, and this object was not there. */
  miss(row: number, step: number): void {
    this.#forget(row, step);
  }

  /** Makes the values up to this step that were left out unknown. */
  #forget(row: number, step: number): void {
    const from = Math.max(this.#knownUntil[row]! + 1, step - stepsKept + 1);
    for (let each = from; each <= step; each++) this.#clear(row, slotOf(each));
    this.#knownUntil[row] = step;
  }

  #clear(row: number, slot: number): void {
    const from = (slot * blockRows + row) * this.width;
    this.values.fill(NaN, from, from + this.width);
  }

  /** Increments a second since the step before; a counter that fell began anew, and nobody knows where. */
  #increment(cell: number, figure: number, step: number, seconds: number): number {
    const before = this.#previous[cell]!;
    this.#previous[cell] = figure;
    if (figure === before) return 0;
    if (!(figure > before)) return NaN;
    const stood = (step - 1 - this.#stillSince[cell]!) * stepSeconds;
    const longest = cell * learnedWidth + 3;
    if (stood > this.#learned[longest]!) this.#learned[longest] = stood;
    this.#stillSince[cell] = step;
    return (figure - before) / seconds;
  }

  #learn(row: number, step: number): void {
    const from = step - usualLagSteps;
    if (step <= this.frozenUntilStep[row]! || from < this.firstStep[row]!) return;
    const { values, width } = this;
    const at = (slotOf(from) * blockRows + row) * width;
    for (let column = 0, cell = row * width; column < width; column++, cell++)
      this.#learnCell(cell, values[at + column]!);
    for (const column of this.#hourColumns) {
      const value = values[at + column]!;
      if (!Number.isNaN(value)) this.#hours.get(row * width + column)!.take(from, value);
    }
  }

  #learnCell(cell: number, value: number): void {
    if (Number.isNaN(value)) return;
    const learned = this.#learned;
    const at = cell * learnedWidth;
    let steps = this.#usualSteps[cell]!;
    if (steps === 0) {
      learned[at] = value;
      learned[at + 1] = 0;
      learned[at + 2] = value;
      this.#usualSteps[cell] = 1;
      return;
    }
    if (steps < usualStepsMax) this.#usualSteps[cell] = ++steps;
    const before = learned[at]!;
    const spread = learned[at + 1]!;
    learned[at] = before + (value - before) / steps;
    learned[at + 1] = spread + (Math.abs(value - before) - spread) / steps;
    const highest = learned[at + 2]! * fading;
    learned[at + 2] = highest > value ? highest : value;
  }

  /** The value of a column so many steps before `step`; NaN: unknown. */
  at(row: number, column: number, step: number, back: number): number {
    const wanted = step - back;
    const known = this.#knownUntil[row]!;
    if (back >= stepsKept || wanted > known || wanted <= known - stepsKept || wanted < 0) return NaN;
    return this.values[((wanted % stepsKept) * blockRows + row) * this.width + column]!;
  }

  usual(row: number, column: number): number {
    return this.#learnedOf(row, column, 0);
  }

  usualSpread(row: number, column: number): number {
    return this.#learnedOf(row, column, 1);
  }

  highest(row: number, column: number): number {
    return this.#learnedOf(row, column, 2);
  }

  #learnedOf(row: number, column: number, which: number): number {
    const cell = row * this.width + column;
    return this.#usualSteps[cell]! < usualStepsMin ? NaN : this.#learned[cell * learnedWidth + which]!;
  }

  usualAtHour(row: number, column: number, step: number): number {
    return this.#hours.get(row * this.width + column)?.usual(step) ?? NaN;
  }

  stillSeconds(row: number, column: number, step: number): number {
    const cell = row * this.width + column;
    if (this.lastStep[row] !== step || Number.isNaN(this.#previous[cell]!)) return NaN;
    return (step - this.#stillSince[cell]!) * stepSeconds;
  }

  longestStillSeconds(row: number, column: number): number {
    return this.#learned[(row * this.width + column) * learnedWidth + 3]!;
  }

  /** The same as `usual`, `usualSpread` and `highest`, of many rows at once. */
  readLearned(which: 0 | 1 | 2, column: number, rows: Uint8Array, count: number, into: Float64Array): void {
    for (let at = 0; at < count; at++) {
      const cell = rows[at]! * this.width + column;
      into[at] = this.#usualSteps[cell]! < usualStepsMin ? NaN : this.#learned[cell * learnedWidth + which]!;
    }
  }

  /** The same as `stillSeconds`, of many rows at once. */
  readStill(column: number, step: number, rows: Uint8Array, count: number, into: Float64Array): void {
    for (let at = 0; at < count; at++) {
      const row = rows[at]!;
      const cell = row * this.width + column;
      const isKnown = this.lastStep[row] === step && !Number.isNaN(this.#previous[cell]!);
      into[at] = isKnown ? (step - this.#stillSince[cell]!) * stepSeconds : NaN;
    }
  }

  /** Minute by minute, oldest first; undefined: the column is kept by steps alone. */
  coarse(row: number, column: number): CoarseColumn | undefined {
    return this.#coarse.get(row * this.width + column);
  }
}

/** Where the ring holds a step. */
export function slotOf(step: number): number {
  return ((step % stepsKept) + stepsKept) % stepsKept;
}
