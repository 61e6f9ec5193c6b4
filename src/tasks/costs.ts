/**
 * What tasks took lately, by name: as this process has seen it, or as workers elsewhere have told. Invariant: only runs
 * that came to an end count, and what was seen here goes before what was told.
 */
import { CostQuantiles, type CostEstimate } from '../scheduling/index.js';

/** Fewer runs than these say too little. */
const samplesMin = 20;
/** An estimate is made anew after a sixteenth more samples, and after these at the latest: making one takes 10 µs. */
const samplesPerEstimateMax = 64;
/** How often what was learned is told to others. */
const tellEachMs = 10_000;

interface Learned {
  readonly quantiles: CostQuantiles;
  estimate: CostEstimate | undefined;
  /** Samples from which on `estimate` is out of date. */
  staleAt: number;
  /** When it is to be told again. */
  tellMs: number;
}

export class LearnedCosts {
  readonly #learned = new Map<string, Learned>();
  readonly #told = new Map<string, CostEstimate>();
  readonly #tell: (task: string, estimate: CostEstimate) => void;

  /** `tell` is called each ten seconds for each task that runs here. */
  constructor(tell: (task: string, estimate: CostEstimate) => void) {
    this.#tell = tell;
  }

  /** A run ended. `nowMs`: monotonic. */
  add(task: string, costMs: number, nowMs: number): void {
    const learned = this.#of(task);
    learned.quantiles.add(costMs);
    if (learned.quantiles.samples < samplesMin || nowMs < learned.tellMs) return;
    learned.tellMs = nowMs + tellEachMs;
    this.#tell(task, estimateOf(learned)!);
  }

  /** What workers elsewhere have learned; undefined: they have forgotten it. */
  told(task: string, estimate: CostEstimate | undefined): void {
    if (estimate === undefined) this.#told.delete(task);
    else this.#told.set(task, estimate);
  }

  /** Undefined until it has run often enough. */
  estimate(task: string): CostEstimate | undefined {
    const learned = this.#learned.get(task);
    return learned === undefined || learned.quantiles.samples < samplesMin
      ? this.#told.get(task)
      : estimateOf(learned);
  }

  #of(task: string): Learned {
    let learned = this.#learned.get(task);
    if (learned === undefined) {
      learned = { quantiles: new CostQuantiles(), estimate: undefined, staleAt: 0, tellMs: 0 };
      this.#learned.set(task, learned);
    }
    return learned;
  }
}

function estimateOf(learned: Learned): CostEstimate | undefined {
  const { samples } = learned.quantiles;
  if (samples >= learned.staleAt) {
    learned.estimate = learned.quantiles.estimate();
    learned.staleAt = samples + Math.min(samplesPerEstimateMax, 1 + (samples >>> 4));
  }
  return learned.estimate;
}
