/** Will a waiting job be late? Its expected end from its place in the queue, against its deadline. */
import { assert } from '../../kernel/index.js';

/** What is known of a waiting job. */
export interface WaitingJob {
  readonly nowMs: number;
  /** When it is due, on the clock of `nowMs`. */
  readonly deadlineMs: number;
  /** How many jobs are served before it, those that run now among them. */
  readonly jobsAhead: number;
  readonly workers: number;
  /** How long a worker holds one of the jobs ahead, on average. */
  readonly costMsMeanAhead: number;
  /** How long it takes itself, as a high quantile: the 95th percentile. */
  readonly costMsHigh: number;
}

/** The risk, from none to certain. */
export interface LatenessRisk {
  /** `late`: even started now it would end past its deadline. `at-risk`: it is expected to. */
  readonly kind: 'on-time' | 'at-risk' | 'late';
  /** When a worker is expected to start it. */
  readonly startMs: number;
  readonly endMs: number;
  /** `deadline - now - cost`: how long it may still wait; below zero when it is late. */
  readonly laxityMs: number;
  /** How far the expected end is past the deadline; below zero when before it. */
  readonly latenessMs: number;
}

/** The expected end: the jobs ahead shared among the workers, then its own high cost. */
export function latenessRisk(job: WaitingJob): LatenessRisk {
  const { nowMs, deadlineMs, jobsAhead, workers, costMsMeanAhead, costMsHigh } = job;
  assert(workers >= 1 && jobsAhead >= 0, 'a queue has workers, and no fewer than zero jobs');
  // With a worker free it starts at once; else when as many have ended that one of the workers is its own.
  const toEnd = Math.max(0, jobsAhead - workers + 1);
  const startMs = nowMs + (toEnd * costMsMeanAhead) / workers;
  const endMs = startMs + costMsHigh;
  const laxityMs = deadlineMs - nowMs - costMsHigh;
  const latenessMs = endMs - deadlineMs;
  const kind = laxityMs < 0 ? 'late' : latenessMs > 0 ? 'at-risk' : 'on-time';
  return { kind, startMs, endMs, laxityMs, latenessMs };
}
