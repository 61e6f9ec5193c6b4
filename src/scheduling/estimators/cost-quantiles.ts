/**
 * Learned costs: quantiles of what a task took lately, in constant memory and constant time. A histogram with
 * logarithmic bins (as in DDSketch, Masson and others 2019) in which old samples fade. Error: a quantile is within 2 %
 * of the exact quantile of the faded samples, from a microsecond to eleven days; beyond that range it is its end.
 */
import { assert } from '../../kernel/index.js';

/** How far a quantile may be from the exact one, as a share of it. */
export const quantileErrorMax = 0.02;

const growth = (1 + quantileErrorMax) / (1 - quantileErrorMax);
const logGrowth = Math.log(growth);
const costMsMin = 1e-3;
const costMsMax = 1e9;
const binCount = Math.ceil(Math.log(costMsMax / costMsMin) / logGrowth) + 1;

/** New samples weigh more and more in place of fading the old ones; at this weight all are scaled down. */
const weightMax = 2 ** 200;

/** The quantiles that scheduling asks for, in milliseconds. */
export interface CostEstimate {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly meanMs: number;
  /** Samples seen, faded ones too. */
  readonly samples: number;
}

export class CostQuantiles {
  /** The weight in each bin; bin `i` holds costs in `(min * growth^(i-1), min * growth^i]`. */
  readonly #bins = new Float64Array(binCount);
  readonly #fade: number;
  #weight = 1;
  #total = 0;
  #sumMs = 0;
  #samples = 0;

  /** @param halfLifeSamples after how many samples an old one counts half; `Infinity` for never. */
  constructor(halfLifeSamples = 1_000) {
    assert(halfLifeSamples > 0, 'a half-life is above zero');
    this.#fade = 2 ** (1 / halfLifeSamples);
  }

  /** Samples seen. */
  get samples(): number {
    return this.#samples;
  }

  /** Takes in what a job took, in milliseconds; zero or more. */
  add(costMs: number): void {
    assert(costMs >= 0 && costMs < Infinity, 'a cost is zero or more, and finite');
    if (this.#weight > weightMax) this.#rescale();
    this.#bins[binOf(costMs)]! += this.#weight;
    this.#total += this.#weight;
    this.#sumMs += this.#weight * costMs;
    this.#samples++;
    this.#weight *= this.#fade;
  }

  /**
   * The cost that a share `q` of the samples do not exceed, in milliseconds: at most 2 % from the least cost whose
   * faded weight, with all lesser ones, reaches `q` of the whole. `undefined` before the first sample.
   */
  quantile(q: number): number | undefined {
    assert(q >= 0 && q <= 1, 'a quantile is from 0 to 1');
    if (this.#samples === 0) return undefined;
    // Rounding may leave the sum of the bins a little under the total: the last bin that holds anything ends it.
    let left = q * this.#total;
    let last = 0;
    for (let bin = 0; bin < binCount; bin++) {
      const weight = this.#bins[bin]!;
      if (weight === 0) continue;
      last = bin;
      left -= weight;
      if (left <= 0) break;
    }
    return middleOf(last);
  }

  /** Everything at once; `undefined` before the first sample. */
  estimate(): CostEstimate | undefined {
    if (this.#samples === 0) return undefined;
    const at = (q: number): number => this.quantile(q)!;
    const meanMs = this.#sumMs / this.#total;
    return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), meanMs, samples: this.#samples };
  }

  #rescale(): void {
    const scale = 1 / this.#weight;
    for (let bin = 0; bin < binCount; bin++) this.#bins[bin]! *= scale;
    this.#total *= scale;
    this.#sumMs *= scale;
    this.#weight = 1;
  }
}

function binOf(costMs: number): number {
  const bin = Math.ceil(Math.log(Math.max(costMs, costMsMin) / costMsMin) / logGrowth);
  return Math.min(bin, binCount - 1);
}

/** The value that is at most the error away from both ends of a bin. */
function middleOf(bin: number): number {
  return (costMsMin * 2 * growth ** bin) / (growth + 1);
}
