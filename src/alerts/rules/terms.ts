/**
 * What expressions read of one object at one moment: live, from columns and history, or replayed from history alone.
 * Invariant: NaN is unknown, and whatever is computed from it is unknown too.
 */
import type { Trend } from '../../monitor/index.js';

/** What is usual at a time of day. */
export interface Baseline {
  readonly median: number;
  /** What is usual around the median, made comparable to a standard deviation. */
  readonly spread: number;
  readonly days: number;
}

/** Columns are places in `seriesOf(kind)`. */
export interface Terms {
  /** Unix seconds of what is read. */
  readonly second: number;
  /** The newest figure: a gauge's value, a counter's count. */
  now(column: number): number;
  /** Increments a second of a counter over the last `seconds`. */
  rate(column: number, seconds: number): number;
  /** What a gauge was, `seconds` ago. */
  past(column: number, seconds: number): number;
  /** The line through the last `seconds` of a gauge; undefined: too little is known. */
  trend(column: number, seconds: number): Trend | undefined;
  /** What is usual at this time of day, over earlier days: of a gauge, or of the rate of a counter. */
  baseline(column: number, days: number): Baseline | undefined;
}
