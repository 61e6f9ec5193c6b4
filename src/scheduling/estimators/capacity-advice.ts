/** How many workers a queue needs, by Little's law (1961), with the figures that say why. */
import { assert } from '../../kernel/index.js';

/** What is known of a queue. */
export interface LoadFigures {
  /** Jobs that arrive in a second. */
  readonly arrivalsPerSecond: number;
  /** Jobs that wait now. */
  readonly backlog: number;
  /** How long a worker holds one job, on average. */
  readonly costMsMean: number;
  /** In what time the backlog is to be worked off. */
  readonly drainMs: number;
  /** How busy workers may be on average, above 0 and up to 1; 0.7 when left out. */
  readonly utilisationTarget?: number;
}

/** The advice, with everything that it was computed from. */
export interface CapacityAdvice {
  /** At least 1. */
  readonly workers: number;
  /** Arrivals, and the backlog spread over the drain time. */
  readonly jobsPerSecond: number;
  /** Workers that would be busy all the time: `jobsPerSecond * costMsMean / 1000`. */
  readonly workersBusy: number;
  readonly figures: Required<LoadFigures>;
  /** The same in a sentence. */
  readonly reason: string;
}

/** `workers = ceil((arrival rate + backlog / drain time) * E[cost] / target utilisation)`. */
export function advise(load: LoadFigures): CapacityAdvice {
  const figures = { ...load, utilisationTarget: load.utilisationTarget ?? 0.7 };
  const { arrivalsPerSecond, backlog, costMsMean, drainMs, utilisationTarget } = figures;
  assert(
    arrivalsPerSecond >= 0 && backlog >= 0 && costMsMean >= 0,
    'rates, backlogs and costs are not negative',
  );
  assert(drainMs > 0, 'a drain time is above zero');
  assert(utilisationTarget > 0 && utilisationTarget <= 1, 'a utilisation is above 0 and at most 1');
  const jobsPerSecond = arrivalsPerSecond + (backlog * 1_000) / drainMs;
  const workersBusy = (jobsPerSecond * costMsMean) / 1_000;
  // What is a whole number but for rounding is not rounded up to the next.
  const workers = Math.max(1, Math.ceil(workersBusy / utilisationTarget - 1e-9));
  const reason =
    `${short(arrivalsPerSecond)} jobs arrive a second and ${backlog} wait, to be worked off in ${short(drainMs / 1_000)} s: ` +
    `${short(jobsPerSecond)} jobs a second of ${short(costMsMean)} ms keep ${short(workersBusy)} workers busy; ` +
    `at a utilisation of ${short(utilisationTarget)} that takes ${workers}.`;
  return { workers, jobsPerSecond, workersBusy, figures, reason };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
