/**
 * Hold-back dispatch (critical-window EDF, Nasri and Fohler 2016): before a job that cannot be interrupted is started,
 * would it make the next job of another task late? Then the worker waits for that one. Pure: state in, choice out.
 */

/** The earliest job of another task that is not done: one that waits, or the next that will come. */
export interface ExpectedJob {
  readonly cost: number;
  readonly due: number;
  /** When it is, or was, ready; `Infinity` when none is expected. */
  readonly releaseAt: number;
}

/** Start, or leave the worker idle until a job comes. */
export type HoldBackChoice =
  | { readonly kind: 'start' }
  /** `until`: when the next expected job comes; decide again then. */
  | { readonly kind: 'wait'; readonly until: number };

/**
 * Whether a job of `cost`, itself due at `due`, may start `now`. `others` holds for every other task its earliest job
 * that is not done. From the latest deadline to the earliest, `X = min(X, due) - cost`: the job may start when it ends
 * by `X`. It starts as well when waiting saves nothing: nobody is left to wait for, or it would be late itself.
 */
export function holdBack(
  now: number,
  cost: number,
  others: readonly ExpectedJob[],
  due = Infinity,
): HoldBackChoice {
  const expected = others.filter((job) => job.due < Infinity).sort((a, b) => b.due - a.due);
  let latest = Infinity;
  let until = Infinity;
  for (const job of expected) {
    latest = Math.min(latest, job.due) - job.cost;
    if (job.releaseAt > now) until = Math.min(until, job.releaseAt);
  }
  const isOfNoUse = until === Infinity || until + cost > due;
  return now <= latest - cost || isOfNoUse ? { kind: 'start' } : { kind: 'wait', until };
}
