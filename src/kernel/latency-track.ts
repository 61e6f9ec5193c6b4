/**
 * A latency as it goes on: what happens now, a summary of the last reading's interval, and a histogram of everything
 * before. Invariant: while nothing happens there is no histogram of now.
 */
import { LatencyHistogram, type LatencySummary } from './latency-histogram.js';

/** Readings closer than this share one interval: readers once a second do not disturb each other. */
export const latencyIntervalMsMin = 900;

/** How long something took, again and again. */
export interface LatencyFigures {
  /** Since the beginning. Where only a share is measured, it stands for all. */
  readonly count: number;
  readonly sumMicroseconds: number;
  /** Of the last second or longer between two readings; undefined: nothing was measured in it. */
  readonly recent: LatencySummary | undefined;
  /** All up to the end of that second, for exporters' buckets. Not to be changed. */
  readonly total: LatencyHistogram;
}

export class LatencyTrack implements LatencyFigures {
  #current: LatencyHistogram | undefined = undefined;
  #sinceMs: number;
  readonly total = new LatencyHistogram();
  recent: LatencySummary | undefined = undefined;

  /** `nowMs`: as `read` is told the time. */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  get count(): number {
    return this.total.count + (this.#current?.count ?? 0);
  }

  get sumMicroseconds(): number {
    return this.total.sumMicroseconds + (this.#current?.sumMicroseconds ?? 0);
  }

  /** Takes in a duration that stands for `times` of them. */
  record(milliseconds: number, times = 1): void {
    this.#current ??= new LatencyHistogram();
    this.#current.record(milliseconds * 1_000, times);
  }

  /** Takes in what a histogram elsewhere holds: see its `addBuckets`. */
  addBuckets(pairs: readonly number[], sumMicroseconds: number, maxMicroseconds: number): void {
    this.#current ??= new LatencyHistogram();
    this.#current.addBuckets(pairs, sumMicroseconds, maxMicroseconds);
  }

  /** Ends the interval, unless it has just begun. */
  read(nowMs: number): this {
    if (nowMs - this.#sinceMs >= latencyIntervalMsMin) this.close(nowMs);
    return this;
  }

  /** Ends the interval, and begins the next. */
  close(nowMs: number): void {
    const current = this.#current;
    this.#sinceMs = nowMs;
    this.recent = current?.summary();
    if (current === undefined) return;
    if (current.count === 0) {
      this.#current = undefined;
      return;
    }
    this.total.merge(current);
    current.clear();
  }

  /** A copy of everything up to now. */
  whole(): LatencyHistogram {
    const whole = new LatencyHistogram();
    whole.merge(this.total);
    if (this.#current !== undefined) whole.merge(this.#current);
    return whole;
  }
}
