/** Tries what may be refused. */

/** What `work` gives; undefined: it threw. */
export function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
