/**
 * What is measured in one queue as messages go by. Every message of a slow queue is measured, and of a fast one a
 * share, chosen by position, that stands for the rest. Invariant: every position has the same chance, so batches and
 * prefetch do not bend the result; what is pending was all measured with the share that is in force.
 */
import { latencyIntervalMsMin, LatencyTrack, type LatencyTrio } from '../../kernel/index.js';

/** Spreads positions evenly over 32 bits (Knuth's multiplicative hash, 2^32 / golden ratio). */
const spread = 0x9e37_79b1;
const halvingsMax = 16;
/**
 * Durations of each kind that wait for their histogram. With 1,000 queues in turn, one written straight into it cost
 * 0.7 µs, most of it memory that was not in any cache.
 */
const pendingMax = 32;

/** What all queues together allow each: see `SamplingRate`. */
export interface Wanted {
  /** Measurements a second. */
  readonly perQueue: number;
  /** At most one position in 2^`halvings`. */
  readonly halvings: number;
}

type Latency = 'wait' | 'processing' | 'endToEnd';

export class QueueMeter {
  /** What else counts whatever is measured here: its virtual host, and the whole. */
  readonly #wholes: readonly LatencyTrio[];
  /** One position in 2^`#halvings` is measured: those whose hash begins with so many zeros. */
  #mask = 0;
  #waits = 0;
  #ends = 0;
  #lives = 0;
  /** Milliseconds: waits in the first third, processing times in the second, and whole lives in the last. */
  readonly #pending = new Float32Array(3 * pendingMax);
  #halvings = 0;
  /** The last interval and what is pending are empty: only a message changes anything that it tells but its capacity. */
  #isQuiet = false;
  readonly wait: LatencyTrack;
  readonly processing: LatencyTrack;
  readonly endToEnd: LatencyTrack;
  /** Share of the last interval in which some consumer could have taken a message that waited. */
  capacity = 1;
  #measured = 0;
  #measuredSinceMs: number;
  #intervalSinceMs: number;
  #blockedMs = 0;
  #blockedSinceMs = 0;
  /** The oldest message that was last seen, and when it came. */
  oldestPosition = -1;
  oldestArrivalMs = NaN;

  constructor(nowMs: number, wholes: readonly LatencyTrio[] = []) {
    this.#wholes = wholes;
    this.wait = new LatencyTrack(nowMs);
    this.processing = new LatencyTrack(nowMs);
    this.endToEnd = new LatencyTrack(nowMs);
    this.#measuredSinceMs = nowMs;
    this.#intervalSinceMs = nowMs;
  }

  /** Nothing that it tells changes until a message goes by. */
  get isQuiet(): boolean {
    return this.#isQuiet && this.#blockedSinceMs === 0;
  }

  /** Messages that each one measured stands for. */
  get times(): number {
    return 2 ** this.#halvings;
  }

  /** Whether the message at a position is measured. */
  takes(position: number): boolean {
    return isMeasured(position, this.#mask);
  }

  waited(milliseconds: number, nowMs: number, rate: Wanted): void {
    if (rate.halvings > this.#halvings) this.#setHalvings(rate.halvings);
    this.#pending[this.#waits++] = milliseconds;
    if (this.#waits === pendingMax) this.#adapt(nowMs, rate);
  }

  processed(milliseconds: number, nowMs: number, rate: Wanted): void {
    if (rate.halvings > this.#halvings) this.#setHalvings(rate.halvings);
    this.#pending[pendingMax + this.#ends++] = milliseconds;
    if (this.#ends === pendingMax) this.#adapt(nowMs, rate);
  }

  /** From its arrival, or the end of its delay, until it was done with. */
  lived(milliseconds: number, nowMs: number, rate: Wanted): void {
    if (rate.halvings > this.#halvings) this.#setHalvings(rate.halvings);
    this.#pending[2 * pendingMax + this.#lives++] = milliseconds;
    if (this.#lives === pendingMax) this.#adapt(nowMs, rate);
  }

  /** A message waits and no consumer can take it. */
  blocked(nowMs: number): void {
    if (this.#blockedSinceMs === 0) this.#blockedSinceMs = nowMs;
  }

  /** A consumer took one, or none waits. */
  unblocked(nowMs: number): void {
    if (this.#blockedSinceMs === 0) return;
    this.#blockedMs += nowMs - this.#blockedSinceMs;
    this.#blockedSinceMs = 0;
  }

  /** Brings everything up to date, and ends the interval unless it has just begun. */
  read(nowMs: number, rate: Wanted): void {
    this.#adapt(nowMs, rate);
    const elapsedMs = nowMs - this.#intervalSinceMs;
    if (elapsedMs < latencyIntervalMsMin) return;
    if (!this.#isQuiet) this.#closeTracks(nowMs);
    if (this.#blockedSinceMs !== 0) {
      this.#blockedMs += nowMs - this.#blockedSinceMs;
      this.#blockedSinceMs = nowMs;
    }
    this.capacity = Math.max(0, 1 - this.#blockedMs / elapsedMs);
    this.#blockedMs = 0;
    this.#intervalSinceMs = nowMs;
  }

  #closeTracks(nowMs: number): void {
    const tracks = [this.wait, this.processing, this.endToEnd];
    for (const track of tracks) track.close(nowMs);
    this.#isQuiet = tracks.every(({ recent }) => recent === undefined);
  }

  /** Takes what is pending into the histograms. */
  drain(): void {
    if (this.#waits + this.#ends + this.#lives === 0) return;
    this.#isQuiet = false;
    this.#take('wait', 0, this.#waits);
    this.#take('processing', pendingMax, this.#ends);
    this.#take('endToEnd', 2 * pendingMax, this.#lives);
    this.#measured += this.#waits + this.#ends;
    this.#waits = this.#ends = this.#lives = 0;
  }

  #take(latency: Latency, from: number, count: number): void {
    const { times } = this;
    for (let index = from; index < from + count; index++) {
      this[latency].record(this.#pending[index]!, times);
      for (const whole of this.#wholes) whole[latency].record(this.#pending[index]!, times);
    }
  }

  /** Chooses the share for the rate of late. */
  #adapt(nowMs: number, { perQueue, halvings }: Wanted): void {
    this.drain();
    const elapsedMs = nowMs - this.#measuredSinceMs;
    if (elapsedMs < 100 && this.#measured < 2 * perQueue) return;
    const perSecond = (this.#measured * 2 ** this.#halvings * 1_000) / Math.max(1, elapsedMs);
    const own = perSecond <= 2 * perQueue ? 0 : Math.floor(Math.log2(perSecond / perQueue));
    this.#setHalvings(Math.min(Math.max(own, halvings), halvingsMax));
    this.#measured = 0;
    this.#measuredSinceMs = nowMs;
  }

  #setHalvings(halvings: number): void {
    this.drain();
    this.#halvings = halvings;
    this.#mask = maskOf(halvings);
  }
}

/** Whether the message at a position belongs to the share that a mask stands for. */
export function isMeasured(position: number, mask: number): boolean {
  return (Math.imul(position, spread) & mask) === 0;
}

/** Selects one position in 2^`halvings`, each of them selected by every smaller number too. */
export function maskOf(halvings: number): number {
  return halvings === 0 ? 0 : -1 << (32 - halvings);
}
