/**
 * Samples of a figure as RabbitMQ gives them: every `incr` seconds back over `age` seconds, the newest first, with what
 * follows from them. Invariant: a moment of which nothing is known has no sample.
 */
import { SluiceError } from '../../kernel/index.js';
import type { Item } from './columns.js';
import type { Visit } from './rabbit-route.js';

/** RabbitMQ's own bound. */
const samplesMax = 500;

/** What a range is asked for, as in `msg_rates_age` and `msg_rates_incr`. */
export type RangeKind = 'data_rates' | 'lengths' | 'msg_rates' | 'node_stats';

/** Seconds, both above 0. */
export interface SampleRange {
  readonly ageSeconds: number;
  readonly incrSeconds: number;
}

export interface Sample {
  readonly sample: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

/** Something that was known at a moment; undefined: it was not. */
export interface Point {
  readonly atMs: number;
  readonly value: number | undefined;
}

/** What is asked for; undefined: nothing, or no whole numbers. Throws `bad-input` for more samples than 500. */
export function rangeOf(visit: Visit, kind: RangeKind): SampleRange | undefined {
  const ageSeconds = wholeNumber(visit.query(`${kind}_age`));
  const incrSeconds = wholeNumber(visit.query(`${kind}_incr`));
  if (ageSeconds === undefined || incrSeconds === undefined) return undefined;
  if (ageSeconds > 0 && incrSeconds > 0 && Math.trunc(ageSeconds / incrSeconds) <= samplesMax)
    return { ageSeconds, incrSeconds };
  const words = `Invalid range parameters: age ${ageSeconds}, incr ${incrSeconds}`;
  throw new SluiceError('bad-input', words);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/**
 * Samples at every multiple of `incr`, of the newest point before each. `points`: the oldest first. A point stands for
 * no longer than a step, or the period in which points come.
 */
export function samplesOf(
  points: readonly Point[],
  { ageSeconds, incrSeconds }: SampleRange,
  nowMs: number,
  periodMs: number,
): Sample[] {
  const stepMs = incrSeconds * 1_000;
  const newestMs = Math.floor(nowMs / stepMs) * stepMs;
  const samples: Sample[] = [];
  let at = points.length - 1;
  for (let timestamp = newestMs; timestamp >= newestMs - ageSeconds * 1_000; timestamp -= stepMs) {
    while (at >= 0 && points[at]!.atMs > timestamp) at--;
    const point = points[at];
    if (point?.value === undefined || timestamp - point.atMs > Math.max(stepMs, 2 * periodMs)) continue;
    samples.push({ sample: point.value, timestamp });
  }
  return samples;
}

/** The samples of two figures added up, where both are known. */
export function addSamples(first: readonly Sample[], second: readonly Sample[]): Sample[] {
  const others = new Map(second.map(({ sample, timestamp }) => [timestamp, sample]));
  return first.flatMap(({ sample, timestamp }) => {
    const other = others.get(timestamp);
    return other === undefined ? [] : [{ sample: sample + other, timestamp }];
  });
}

/** `rate` between the newest two, `avg_rate` over all of them, and their mean. One sample has no rate. */
export function detailsOf(samples: readonly Sample[]): Item {
  const [newest, before] = samples;
  const oldest = samples.at(-1);
  if (newest === undefined || oldest === undefined) return {};
  const avg = samples.reduce((sum, { sample }) => sum + sample, 0) / samples.length;
  if (before === undefined) return { samples, avg };
  return { rate: slope(before, newest), samples, avg_rate: slope(oldest, newest), avg };
}

function slope(from: Sample, to: Sample): number {
  return ((to.sample - from.sample) * 1_000) / (to.timestamp - from.timestamp);
}

/** The item with samples in the details of these figures; those of which there are none stay as they are. */
export function withSamples(
  item: Item,
  samples: Readonly<Record<string, readonly Sample[] | undefined>>,
): Item {
  const details = Object.entries(samples)
    .filter(([, each]) => each !== undefined && each.length > 0)
    .map(([name, each]) => {
      const known = item[`${name}_details`] as Item | undefined;
      return [`${name}_details`, { ...known, ...detailsOf(each!) }];
    });
  return { ...item, ...(Object.fromEntries(details) as Item) };
}
