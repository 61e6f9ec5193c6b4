/** Runs scenarios with several seeds and sums up: right first causes, time to detection, false alarms. */
import type { Signature } from '../../src/alerts/index.js';
import { runScenario, type Scenario, type Verdict } from './scenario.js';

export interface Score {
  readonly faults: number;
  readonly controls: number;
  /** Shares of the runs with a fault. */
  readonly rightShare: number;
  readonly rightLaterShare: number;
  readonly detectedShare: number;
  readonly detectionMedianSeconds: number | undefined;
  readonly detectionMaxSeconds: number | undefined;
  /** Runs in which something was suspected while nothing was wrong. */
  readonly falseAlarms: number;
}

export interface ScoreOptions {
  readonly seeds: readonly number[];
  readonly signatures?: readonly Signature[];
  readonly onVerdict?: (verdict: Verdict) => void;
}

export async function score(
  scenarios: readonly Scenario[],
  { seeds, signatures, onVerdict }: ScoreOptions,
): Promise<{ readonly score: Score; readonly verdicts: readonly Verdict[] }> {
  const verdicts: Verdict[] = [];
  for (const scenario of scenarios) {
    for (const seed of seeds) {
      const options = signatures === undefined ? { seed } : { seed, signatures };
      const verdict = await runScenario(scenario, options);
      verdicts.push(verdict);
      onVerdict?.(verdict);
    }
  }
  return { score: sumUp(verdicts), verdicts };
}

export function sumUp(verdicts: readonly Verdict[]): Score {
  const faults = verdicts.filter(({ expects }) => expects.length > 0);
  const times = faults.flatMap(({ detectedSeconds: each }) => (each === undefined ? [] : [each]));
  times.sort((left, right) => left - right);
  const share = (count: number): number => (faults.length === 0 ? NaN : count / faults.length);
  return {
    faults: faults.length,
    controls: verdicts.length - faults.length,
    rightShare: share(faults.filter(({ isRight }) => isRight).length),
    rightLaterShare: share(faults.filter(({ isRightLater }) => isRightLater).length),
    detectedShare: share(times.length),
    detectionMedianSeconds: times[times.length >>> 1],
    detectionMaxSeconds: times.at(-1),
    falseAlarms: verdicts.filter(({ falseAlarms }) => falseAlarms.length > 0).length,
  };
}

/** One line for people. */
export function verdictText(verdict: Verdict): string {
  const { scenario, seed, detectedSeconds, atDetection, later, falseAlarms, expects } = verdict;
  const mark = verdict.isRight
    ? verdict.isRightLater
      ? 'right'
      : 'right, then wrong'
    : verdict.isRightLater
      ? 'right later'
      : 'WRONG';
  const time = detectedSeconds === undefined ? 'not detected' : `${detectedSeconds} s`;
  const alarms = falseAlarms.length === 0 ? '' : `; false alarms: ${falseAlarms.join(', ')}`;
  if (expects.length === 0) return `${mark}: ${scenario} (seed ${seed})${alarms}`;
  return `${mark}: ${scenario} (seed ${seed}): ${time}: ${atDetection.join(', ')} -> ${later.join(', ')}${alarms}`;
}
