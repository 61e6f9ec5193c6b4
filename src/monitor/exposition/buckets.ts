/**
 * The bounds of exported histograms. Invariant: they are the same everywhere, so that histograms of different objects
 * and engines can be added up. Each bound is off by at most 1/32 of itself, as the histogram's own buckets are.
 */
import type { LatencyHistogram } from '../../kernel/index.js';

/** Seconds: from half a millisecond, about what a sync takes, to an hour. */
export const bucketBounds: readonly number[] = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
];

/** Of one object among thousands: enough to tell milliseconds from seconds and minutes. */
const fewBounds = [0.001, 0.01, 0.1, 1, 10, 60, 600];

interface Bound {
  /** As it stands in the label `le`: OpenMetrics wants a point in it. */
  readonly text: string;
  readonly microseconds: number;
}

function boundsOf(seconds: readonly number[]): readonly Bound[] {
  return seconds.map((bound) => ({
    text: Number.isInteger(bound) ? `${bound}.0` : String(bound),
    microseconds: bound * 1e6,
  }));
}

/** `none`: sum and count alone. */
export type BucketDetail = 'all' | 'few' | 'none';

const boundsByDetail: Readonly<Record<BucketDetail, readonly Bound[]>> = {
  all: boundsOf(bucketBounds),
  few: boundsOf(fewBounds),
  none: [],
};

/** The lines of a histogram: buckets, where it is known how the values lie, sum and count. */
export function histogramLines(
  name: string,
  labels: string,
  { count, sum }: { readonly count: number; readonly sum: number },
  histogram: LatencyHistogram | undefined,
  detail: BucketDetail,
): string {
  const before = labels === '' ? `${name}_bucket{le="` : `${name}_bucket{${labels},le="`;
  const own = labels === '' ? '' : `{${labels}}`;
  let lines = '';
  for (const { text, microseconds } of histogram === undefined ? [] : boundsByDetail[detail])
    // What was recorded since the count was taken stands in the histogram already.
    lines += `${before}${text}"} ${Math.min(histogram!.countUpTo(microseconds), count)}\n`;
  return `${lines}${before}+Inf"} ${count}\n${name}_sum${own} ${sum}\n${name}_count${own} ${count}\n`;
}
