/** Assertions: a failed one is a bug in Sluice, never an operational error. */

/** Thrown when an invariant of the code itself does not hold. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Throws `AssertionError` unless `condition` holds. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(`invariant broken: ${what}`);
}

/** For the `default` of an exhaustive `switch`: reaching it is a bug. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable value: ${String(value)}`);
}
