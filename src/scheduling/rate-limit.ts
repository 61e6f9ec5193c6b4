/**
 * So many in so much time, as the generic cell rate algorithm (ITU-T I.371): the state of one limit is one number, the
 * moment at which it will have been used for nothing. Invariant: any span of `s` ms sees at most
 * `burst + s * count / perMs` of what was let through.
 */

export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
  /** As many may go at once after a pause; 1 spaces them evenly. */
  readonly burst: number;
}

/** The state of a limit that was never used. */
export const unusedRate = -Infinity;

/** Sums of fractions of milliseconds differ by less. */
const roundingMs = 1e-6;

/** The moment from which one more may go. */
export function nextAllowedMs(limit: RateLimit, state: number): number {
  return state - ((limit.burst - 1) * limit.perMs) / limit.count - roundingMs;
}

/** The state after one went. */
export function afterOne(limit: RateLimit, state: number, nowMs: number): number {
  return Math.max(state, nowMs) + limit.perMs / limit.count;
}
