/**
 * The three latencies of messages that go by, together: of one queue, a virtual host, or everything. Invariant: they
 * begin and end their intervals at the same moments.
 */
import { LatencyTrack } from './latency-track.js';

export class LatencyTrio {
  /** From arrival to the first delivery. */
  readonly wait: LatencyTrack;
  /** From delivery to acknowledgement. */
  readonly processing: LatencyTrack;
  /** From arrival to acknowledgement. */
  readonly endToEnd: LatencyTrack;

  /** `nowMs`: as `read` is told the time. */
  constructor(nowMs: number) {
    this.wait = new LatencyTrack(nowMs);
    this.processing = new LatencyTrack(nowMs);
    this.endToEnd = new LatencyTrack(nowMs);
  }

  /** Ends the intervals, unless they have just begun. */
  read(nowMs: number): this {
    this.wait.read(nowMs);
    this.processing.read(nowMs);
    this.endToEnd.read(nowMs);
    return this;
  }
}
