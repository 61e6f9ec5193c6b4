/** Collects values into a histogram of bounded size and gives its summary. */
import { createHistogram } from 'node:perf_hooks';
import type { Distribution } from './contract.js';

export class DistributionRecorder {
  readonly #histogram = createHistogram();
  readonly #unitsPerWhole: number;

  /** Values are kept as whole parts: `unitsPerWhole` 1000 keeps thousandths. */
  constructor(unitsPerWhole = 1) {
    this.#unitsPerWhole = unitsPerWhole;
  }

  record(value: number): void {
    this.#histogram.record(Math.max(1, Math.round(value * this.#unitsPerWhole)));
  }

  summary(): Distribution {
    const histogram = this.#histogram;
    const count = histogram.count;
    const whole = (units: number): number => (count === 0 ? 0 : units / this.#unitsPerWhole);
    return {
      count,
      mean: whole(histogram.mean),
      p50: whole(histogram.percentile(50)),
      p99: whole(histogram.percentile(99)),
      max: whole(histogram.max),
    };
  }
}
