/**
 * Bounded time without a clock: every loop of the analysis pays for its steps, and gives up with a reason once they
 * are spent. So the same input has the same verdict on a slow machine as on a fast one.
 */
import { SluiceError } from '../../kernel/index.js';

/** Thrown to give up; `analyze` turns it into an inconclusive verdict. */
export class GivenUp extends SluiceError {
  constructor(because: string) {
    super('limit-reached', because);
  }
}

/** Beyond this, quotients of integers would no longer be exact. */
const exactMax = 2 ** 52;

/** Steps that may still be taken. One is about one division: 100 million take about a second. */
export class StepBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  /** Takes `steps`. @throws GivenUp when there are not as many left. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new GivenUp('it would take too many steps');
  }

  /** Gives `time` back. @throws GivenUp when it is too long to be computed with exactly. */
  exact(time: number): number {
    if (time > exactMax) throw new GivenUp('times would grow beyond what is computed exactly');
    return time;
  }
}

/** The outcome of `work`, or why it was given up. */
export function attempt<Outcome>(
  work: () => Outcome,
): { kind: 'done'; value: Outcome } | { kind: 'given-up'; because: string } {
  try {
    return { kind: 'done', value: work() };
  } catch (error) {
    if (error instanceof GivenUp) return { kind: 'given-up', because: error.message };
    throw error;
  }
}

/** The outcome of `work`, or `undefined` when it was given up. */
export function attemptOr<Outcome, Other>(other: Other, work: () => Outcome): Outcome | Other {
  const outcome = attempt(work);
  return outcome.kind === 'done' ? outcome.value : other;
}
