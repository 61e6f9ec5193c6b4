/**
 * How long one consumer takes for its messages. Invariant: it is fed with what its queue measures, each duration with
 * the number of messages that it stands for, and made with the first of them.
 */
import { latencyIntervalMsMin, LatencyTrack } from '../../kernel/index.js';

/** Durations that wait for their histogram: see `QueueMeter`. */
const pendingMax = 16;

export class ConsumerMeter {
  readonly processing: LatencyTrack;
  /** Milliseconds. */
  readonly #pending = new Float32Array(pendingMax);
  #count = 0;
  /** What each of the pending stands for. */
  #times = 1;
  #intervalSinceMs: number;
  /** Nothing that it tells changes until a message is done with. */
  isQuiet = false;

  constructor(nowMs: number) {
    this.processing = new LatencyTrack(nowMs);
    this.#intervalSinceMs = nowMs;
  }

  /** Takes in a processing time that stands for `times` of them. */
  processed(milliseconds: number, times: number): void {
    if (times !== this.#times) this.#drain();
    this.#times = times;
    this.#pending[this.#count++] = milliseconds;
    if (this.#count === pendingMax) this.#drain();
  }

  /** Brings everything up to date, and ends the interval unless it has just begun. */
  read(nowMs: number): this {
    this.#drain();
    if (this.isQuiet || nowMs - this.#intervalSinceMs < latencyIntervalMsMin) return this;
    this.processing.close(nowMs);
    this.#intervalSinceMs = nowMs;
    this.isQuiet = this.processing.recent === undefined;
    return this;
  }

  #drain(): void {
    if (this.#count === 0) return;
    this.isQuiet = false;
    for (let index = 0; index < this.#count; index++)
      this.processing.record(this.#pending[index]!, this.#times);
    this.#count = 0;
  }
}
