/** Summaries of what the journal measures, and a histogram of bounded size for whole numbers. */
import { createHistogram } from 'node:perf_hooks';
import type { LatencyHistogram } from '../kernel/index.js';
import type { Distribution } from './contract.js';

const nothing: Distribution = { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };

export class DistributionRecorder {
  readonly #histogram = createHistogram();

  record(value: number): void {
    this.#histogram.record(Math.max(1, Math.round(value)));
  }

  summary(): Distribution {
    const { count, mean, max } = this.#histogram;
    if (count === 0) return nothing;
    return { count, mean, p50: this.#histogram.percentile(50), p99: this.#histogram.percentile(99), max };
  }
}

/** The summary of latencies, in milliseconds. */
export function millisecondsOf(latencies: LatencyHistogram): Distribution {
  const summary = latencies.summary();
  if (summary === undefined) return nothing;
  return {
    count: summary.count,
    mean: summary.meanMicroseconds / 1_000,
    p50: summary.p50Microseconds / 1_000,
    p99: summary.p99Microseconds / 1_000,
    max: summary.maxMicroseconds / 1_000,
  };
}
