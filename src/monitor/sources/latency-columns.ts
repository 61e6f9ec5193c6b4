/** Puts a latency into the columns of a sample. */
import type { LatencyFigures } from '../../kernel/index.js';

const figureCount = 7;
const secondsOf = (microseconds: number): number => microseconds / 1e6;

/**
 * Writes count and sum of all, and the quantiles of the last second, from `column` on, in the order of a histogram's
 * figures. Where nothing was measured in that second, its quantiles are unknown.
 */
export function writeLatency(figures: Float64Array, column: number, latency: LatencyFigures): void {
  const { recent } = latency;
  figures[column] = latency.count;
  figures[column + 1] = secondsOf(latency.sumMicroseconds);
  if (recent === undefined) {
    figures.fill(NaN, column + 2, column + figureCount);
    return;
  }
  figures[column + 2] = secondsOf(recent.p50Microseconds);
  figures[column + 3] = secondsOf(recent.p95Microseconds);
  figures[column + 4] = secondsOf(recent.p99Microseconds);
  figures[column + 5] = secondsOf(recent.p999Microseconds);
  figures[column + 6] = secondsOf(recent.maxMicroseconds);
}

/** Writes that nothing was measured yet. */
export function writeNoLatency(figures: Float64Array, column: number): void {
  figures[column] = 0;
  figures[column + 1] = 0;
  figures.fill(NaN, column + 2, column + figureCount);
}

/** Writes that nothing is known. */
export function writeUnknownLatency(figures: Float64Array, column: number): void {
  figures.fill(NaN, column, column + figureCount);
}
