/**
 * How many measurements a second each queue may make, so that all queues together make no more than is cheap: few fast
 * queues may make many each, and a thousand few. Invariant: a queue with fewer messages than that measures all of them,
 * unless so many queues are busy that even a look at each message's meter would cost too much.
 */
import { maskOf, type Wanted } from './queue-meter.js';

/** Of one queue; more tell no more in a second. */
const perQueueMax = 2_000;
/** Of all queues. One costs up to 0.2 µs with 1,000 queues in turn: together 0.1 % of a processor. */
const wantedOfAll = 5_000;
const mostOfAll = 7_000;
const fewOfAll = 3_500;
/** Where each queue may make no more, messages are passed over before their queue's meter is looked at. */
const perQueuePlenty = 250;
const windowMs = 100;
const checkEvery = 64;

export class SamplingRate implements Wanted {
  /** Measurements a second. */
  perQueue = perQueueMax;
  halvings = 0;
  /** Selects by `isMeasured` what may be measured at all. */
  mask = 0;
  #measured = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** A measurement was made. */
  count(nowMs: number): void {
    if (++this.#measured % checkEvery === 0) this.steer(nowMs);
  }

  /** Looks at how many were measured of late. */
  steer(nowMs: number): void {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < windowMs) return;
    const ofAll = (this.#measured * 1_000) / elapsedMs;
    // Queues follow some time later: large steps would overshoot.
    const factor = Math.min(Math.max(wantedOfAll / Math.max(1, ofAll), 0.5), 2);
    if (ofAll > mostOfAll || ofAll < fewOfAll)
      this.perQueue = Math.min(Math.max(1, this.perQueue * factor), perQueueMax);
    this.halvings = Math.max(0, Math.floor(Math.log2(perQueuePlenty / this.perQueue)));
    this.mask = maskOf(this.halvings);
    this.#measured = 0;
    this.#sinceMs = nowMs;
  }
}
