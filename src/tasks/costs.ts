/** What tasks took lately, by name, as this process has seen it. Invariant: only runs that came to an end count. */
import { CostQuantiles, type CostEstimate } from '../scheduling/index.js';

/** Fewer runs than these say too little. */
const samplesMin = 20;

export class LearnedCosts {
  readonly #quantiles = new Map<string, CostQuantiles>();

  add(task: string, costMs: number): void {
    let quantiles = this.#quantiles.get(task);
    if (quantiles === undefined) this.#quantiles.set(task, (quantiles = new CostQuantiles()));
    quantiles.add(costMs);
  }

  /** Undefined until it has run often enough. */
  estimate(task: string): CostEstimate | undefined {
    const quantiles = this.#quantiles.get(task);
    return quantiles === undefined || quantiles.samples < samplesMin ? undefined : quantiles.estimate();
  }
}
