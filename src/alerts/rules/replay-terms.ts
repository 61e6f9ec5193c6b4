/**
 * Terms of one object from recorded history, at any of its moments. Invariant: the same rules see what they would have
 * seen then, in steps of what history still keeps of that time; a moment that it does not know is unknown.
 */
import {
  seriesOf,
  trendOf,
  type Figures,
  type ObjectKind,
  type Stretch,
  type Trend,
} from '../../monitor/index.js';
import { baselineOf } from './past-figures.js';
import type { Baseline, Terms } from './terms.js';

/** History gives so many points at once, and a little room. */
const pointsAtOnce = 18_000;
/** A minute at least: a rate over less says nothing in steps of a minute. */
const rateStepsMin = 2;

/** One column over time: what was measured in each step, and how much of it. */
interface Track {
  readonly sum: Float64Array;
  readonly weight: Float64Array;
  /** Sums from the start on, for rates over any window at once. */
  readonly sumUntil: Float64Array;
  readonly weightUntil: Float64Array;
  readonly scale: number;
}

/** The time that is replayed. */
export interface ReplayRange {
  /** Of the first step that can be read; before the first that is judged. */
  readonly startSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

export class ReplayTerms implements Terms {
  second: number;
  readonly #kind: ObjectKind;
  readonly #range: ReplayRange;
  readonly #tracks: ReadonlyMap<number, Track>;

  private constructor(kind: ObjectKind, range: ReplayRange, tracks: ReadonlyMap<number, Track>) {
    this.#kind = kind;
    this.#range = range;
    this.#tracks = tracks;
    this.second = range.startSecond;
  }

  /** Reads the columns of one object. */
  static async read(
    figures: Figures,
    kind: ObjectKind,
    labels: readonly string[],
    columns: Iterable<number>,
    range: ReplayRange,
  ): Promise<ReplayTerms> {
    const tracks = new Map<number, Track>();
    for (const column of columns) tracks.set(column, await readTrack(figures, kind, labels, column, range));
    return new ReplayTerms(kind, range, tracks);
  }

  now(column: number): number {
    const at = this.#stepAt(this.second);
    const track = this.#tracks.get(column);
    const weight = track?.weight[at] ?? 0;
    return track === undefined || weight === 0 ? NaN : track.sum[at]! / weight / track.scale;
  }

  rate(column: number, seconds: number): number {
    const track = this.#tracks.get(column);
    if (track === undefined) return NaN;
    const { stepSeconds } = this.#range;
    const to = this.#stepAt(this.second) + 1;
    const from = Math.max(0, to - Math.max(rateStepsMin, Math.round(seconds / stepSeconds)));
    const weight = track.weightUntil[to]! - track.weightUntil[from]!;
    if (track.weight[to - 1] === 0 || weight < Math.min(seconds, (to - from) * stepSeconds) / 2) return NaN;
    return (track.sumUntil[to]! - track.sumUntil[from]!) / weight / track.scale;
  }

  past(column: number, seconds: number): number {
    const before = this.second;
    this.second = before - seconds;
    const value = this.second < this.#range.startSecond ? NaN : this.now(column);
    this.second = before;
    return value;
  }

  trend(column: number, seconds: number): Trend | undefined {
    const track = this.#tracks.get(column);
    if (track === undefined) return undefined;
    const { startSecond, stepSeconds } = this.#range;
    const to = this.#stepAt(this.second) + 1;
    const from = Math.max(0, to - Math.ceil(seconds / stepSeconds));
    const wanted = seconds / 2 / stepSeconds;
    let known = 0;
    for (let at = from; at < to; at++) if (track.weight[at]! > 0) known++;
    if (known < wanted) return undefined;
    const moments: number[] = [];
    const values: (number | undefined)[] = [];
    // Sixty points draw the same line, sixty times as fast.
    const stride = Math.max(1, Math.floor((to - from) / 60));
    for (let at = from; at < to; at += stride) {
      const weight = track.weight[at]!;
      moments.push(startSecond + (at + 0.5) * stepSeconds);
      values.push(weight === 0 ? undefined : track.sum[at]! / weight / track.scale);
    }
    return trendOf(moments, values);
  }

  baseline(column: number, days: number): Baseline | undefined {
    const track = this.#tracks.get(column);
    const series = seriesOf(this.#kind)[column];
    if (track === undefined || series === undefined) return undefined;
    const stretches: Stretch[][] = [];
    for (let day = 1; day <= days; day++) {
      const at = this.second - day * 86_400;
      stretches.push([this.#around(track, at - 1_800, at + 1_800)]);
    }
    return baselineOf(stretches, series);
  }

  /** Whether anything at all was measured in this step. */
  get isKnown(): boolean {
    const at = this.#stepAt(this.second);
    for (const { weight } of this.#tracks.values()) if (weight[at]! > 0) return true;
    return false;
  }

  #around({ sum, weight }: Track, fromSecond: number, toSecond: number): Stretch {
    const { startSecond, stepSeconds } = this.#range;
    const from = Math.max(0, Math.floor((fromSecond - startSecond) / stepSeconds));
    const to = Math.max(from, Math.floor((toSecond - startSecond) / stepSeconds));
    const [sums, weights] = [sum.subarray(from, to), weight.subarray(from, to)];
    const points = { capacity: sums.length, sum: sums, weight: weights } as unknown as Stretch['points'];
    return { startSecond: startSecond + from * stepSeconds, stepSeconds, points };
  }

  #stepAt(second: number): number {
    const { startSecond, stepSeconds } = this.#range;
    return Math.max(0, Math.floor((second - startSecond) / stepSeconds));
  }
}

async function readTrack(
  figures: Figures,
  kind: ObjectKind,
  labels: readonly string[],
  column: number,
  range: ReplayRange,
): Promise<Track> {
  const { startSecond, toSecond, stepSeconds } = range;
  const { id, scale } = seriesOf(kind)[column]!;
  const steps = Math.ceil((toSecond - startSecond) / stepSeconds);
  const [sum, weight] = [new Float64Array(steps), new Float64Array(steps)];
  const span = pointsAtOnce * stepSeconds;
  for (let from = startSecond; from < toSecond; from += span) {
    const to = Math.min(toSecond, from + span);
    const asked = { kind: kind.name, labels, series: id, fromSecond: from, toSecond: to, stepSeconds };
    for (const stretch of await figures.select(asked)) spread(stretch, range, sum, weight);
  }
  return { sum, weight, sumUntil: runningSum(sum), weightUntil: runningSum(weight), scale };
}

/** Where history is coarser than the steps, a point counts for each step that it spans, in parts. */
function spread(stretch: Stretch, range: ReplayRange, sum: Float64Array, weight: Float64Array): void {
  const { points, stepSeconds, startSecond } = stretch;
  const parts = Math.max(1, Math.round(stepSeconds / range.stepSeconds));
  for (let at = 0; at < points.capacity; at++) {
    if (points.weight[at] === 0) continue;
    const first = Math.floor((startSecond + at * stepSeconds - range.startSecond) / range.stepSeconds);
    for (let step = Math.max(0, first); step < Math.min(first + parts, sum.length); step++) {
      sum[step]! += points.sum[at]! / parts;
      weight[step]! += points.weight[at]! / parts;
    }
  }
}

function runningSum(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let at = 0; at < values.length; at++) sums[at + 1] = sums[at]! + values[at]!;
  return sums;
}
