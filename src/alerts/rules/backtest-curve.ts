/**
 * The figure that a replayed rule judged, as it went: few points of few objects, for a plot. Invariant: a point is the
 * value furthest towards the level in its stretch of time; null: unknown, or without an end.
 */
import type { Rule } from './rule.js';

/** What one object's figure was. */
export interface Curve {
  readonly labels: Readonly<Record<string, string>>;
  /** Unix second of the first point. */
  readonly startSecond: number;
  readonly stepSeconds: number;
  readonly values: readonly (number | null)[];
}

const pointsMax = 400;
const curvesMax = 4;

/** Whether smaller values are nearer to the level. */
export function isLowFurther(rule: Rule): boolean {
  return rule.kind === 'forecast' || ('below' in rule && rule.below !== undefined);
}

/** What the figure is compared with; undefined: it is compared with nothing. */
export function levelOf(rule: Rule): number | undefined {
  switch (rule.kind) {
    case 'threshold':
    case 'change':
      return rule.above ?? rule.below;
    case 'forecast':
      return rule.within;
    case 'anomaly':
      return rule.deviations;
    case 'burn-rate':
      return 1;
    case 'staleness':
      return rule.above;
    case 'absence':
    case 'signal':
      return undefined;
  }
}

/** Collects the points of one object. */
export class CurvePoints {
  readonly #startSecond: number;
  readonly #stepSeconds: number;
  readonly #isLow: boolean;
  readonly #values: Float64Array;

  constructor(rule: Rule, fromSecond: number, toSecond: number, evaluationSeconds: number) {
    const evaluations = Math.max(1, Math.ceil((toSecond - fromSecond) / evaluationSeconds));
    const perPoint = Math.ceil(evaluations / pointsMax);
    this.#startSecond = fromSecond;
    this.#stepSeconds = perPoint * evaluationSeconds;
    this.#isLow = isLowFurther(rule);
    this.#values = new Float64Array(Math.ceil(evaluations / perPoint)).fill(NaN);
  }

  add(second: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const at = Math.floor((second - this.#startSecond) / this.#stepSeconds);
    const before = this.#values[at];
    if (before === undefined) return;
    if (Number.isNaN(before) || (this.#isLow ? value < before : value > before)) this.#values[at] = value;
  }

  /** How near it came to the level: greater is nearer. -Infinity: nothing is known. */
  get furthest(): number {
    let furthest = -Infinity;
    for (const value of this.#values) furthest = Math.max(furthest, this.#signed(value));
    return furthest;
  }

  of(labels: Readonly<Record<string, string>>): Curve {
    const values = Array.from(this.#values, (value) => (Number.isNaN(value) ? null : value));
    return { labels, startSecond: this.#startSecond, stepSeconds: this.#stepSeconds, values };
  }

  #signed(value: number): number {
    if (Number.isNaN(value)) return -Infinity;
    return this.#isLow ? -value : value;
  }
}

interface Ranked {
  readonly holdsSeconds: number;
  readonly furthest: number;
  readonly curve: Curve;
}

/** Keeps the curves that tell most: those that fired or were about to for longest, then those nearest to the level. */
export class FewCurves {
  #kept: readonly Ranked[] = [];

  add(holdsSeconds: number, points: CurvePoints, labels: Readonly<Record<string, string>>): void {
    const { furthest } = points;
    if (furthest === -Infinity) return;
    const last = this.#kept.at(-1);
    const isFull = this.#kept.length === curvesMax;
    if (isFull && last !== undefined && compare({ holdsSeconds, furthest }, last) >= 0) return;
    const ranked = { holdsSeconds, furthest, curve: points.of(labels) };
    this.#kept = [...this.#kept, ranked].sort(compare).slice(0, curvesMax);
  }

  get all(): readonly Curve[] {
    return this.#kept.map(({ curve }) => curve);
  }
}

type Rank = Pick<Ranked, 'holdsSeconds' | 'furthest'>;

function compare(one: Rank, other: Rank): number {
  return other.holdsSeconds - one.holdsSeconds || other.furthest - one.furthest;
}
