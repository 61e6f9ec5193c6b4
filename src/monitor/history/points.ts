/**
 * Points of one series, as columns. A point sums up all that was measured in its span: a counter's increments, or a
 * gauge's last, least, greatest and summed value. Invariant: weight 0 is unknown, and then nothing else of the point
 * means anything; min <= last <= max, and all are whole numbers in the series' own unit.
 */

/** Of any one value; sixty of them, doubled, still fit into a column's number. */
export const valueMax = 2 ** 44;

export class Points {
  readonly capacity: number;
  /** A gauge: how often it was measured. A counter: the seconds in which its increments came. */
  readonly weight: Float64Array;
  readonly sum: Float64Array;
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.weight = new Float64Array(capacity);
    this.sum = new Float64Array(capacity);
    this.last = new Float64Array(capacity);
    this.min = new Float64Array(capacity);
    this.max = new Float64Array(capacity);
  }

  /** Makes every point unknown. */
  clear(): void {
    for (const column of [this.weight, this.sum, this.last, this.min, this.max]) column.fill(0);
  }

  /** Adds one measured value to a point; those of one point come in the order of time. */
  measure(index: number, value: number, weight: number): void {
    this.#merge(index, weight, value, value, value, value);
  }

  /** Adds the same value, measured so many times. */
  repeat(index: number, value: number, times: number): void {
    this.#merge(index, times, value * times, value, value, value);
  }

  /** Adds a point that lies later than all that `index` holds. */
  combine(index: number, from: Points, at: number): void {
    const weight = from.weight[at]!;
    if (weight > 0) this.#merge(index, weight, from.sum[at]!, from.last[at]!, from.min[at]!, from.max[at]!);
  }

  /** Puts a point in the place of whatever `index` holds. */
  replace(index: number, from: Points, at: number): void {
    this.weight[index] = 0;
    this.combine(index, from, at);
  }

  #merge(index: number, weight: number, sum: number, last: number, min: number, max: number): void {
    const known = this.weight[index]! > 0;
    this.weight[index] = known ? this.weight[index]! + weight : weight;
    this.sum[index] = known ? this.sum[index]! + sum : sum;
    this.last[index] = last;
    this.min[index] = known ? Math.min(this.min[index]!, min) : min;
    this.max[index] = known ? Math.max(this.max[index]!, max) : max;
  }
}
