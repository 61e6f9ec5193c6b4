/**
 * Everything in the newest measurement as metrics, made from the catalogue. Invariant: all samples of a metric stand
 * together; objects are read in slices, so that a scrape of ten thousand queues holds up nobody.
 */
import { LatencyHistogram } from '../../kernel/index.js';
import { catalogue, measurementKind } from '../catalogue.js';
import type { ObjectKind } from '../metric.js';
import type { Monitor } from '../monitor.js';
import type { Sample } from '../sample.js';
import type { MetricFormat } from './metric-text.js';
import { ObjectRows } from './object-rows.js';

export interface ExpositionOptions {
  readonly format: MetricFormat;
  /** Kinds of which each object is shown by itself, where they would be added up. */
  readonly perObject: ReadonlySet<string>;
  /** Whether the histograms of such objects have buckets, and not sum and count alone. */
  readonly buckets?: boolean;
}

/** Kinds that are added up unless each object is asked for. */
export const summedKinds: readonly string[] = catalogue
  .filter(({ summedBy }) => summedBy !== undefined)
  .map(({ name }) => name);

/** The text, in pieces. */
export async function* exposition(
  monitor: Monitor,
  options: ExpositionOptions,
): AsyncGenerator<string, void, undefined> {
  for (const kind of catalogue) {
    const isSummed = kind.summedBy !== undefined && !options.perObject.has(kind.name);
    yield* isSummed ? sums(monitor, kind, options) : objects(monitor, kind, options);
  }
  if (options.format === 'openmetrics') yield '# EOF\n';
}

async function* sums(
  monitor: Monitor,
  kind: ObjectKind,
  { format }: ExpositionOptions,
): AsyncGenerator<string, void, undefined> {
  const rows = new ObjectRows(kind);
  await monitor.sums(kind.name, (sum) => {
    // The sum's own histograms are used again for the next reader.
    rows.add({ ...sum, histograms: sum.histograms?.map((each) => each && copyOf(each)) });
  });
  yield* inSlices(rows.text(format, 'all'), monitor);
}

function copyOf(histogram: LatencyHistogram): LatencyHistogram {
  const copy = new LatencyHistogram();
  copy.merge(histogram);
  return copy;
}

/** A socket that takes all at once would otherwise be written to until the last byte. */
async function* inSlices<Piece>(
  pieces: Iterable<Piece>,
  monitor: Monitor,
): AsyncGenerator<Piece, void, undefined> {
  const pacer = monitor.pacer();
  for (const piece of pieces) {
    yield piece;
    if (pacer.isDue) await pacer.pause();
  }
}

async function* objects(
  monitor: Monitor,
  kind: ObjectKind,
  { format, buckets = false }: ExpositionOptions,
): AsyncGenerator<string, void, undefined> {
  const rows = new ObjectRows(kind);
  const pacer = monitor.pacer();
  for (const sample of monitor.latest(kind.name)) {
    rows.add(kind === measurementKind ? withPresentAge(sample, monitor.ageMs) : sample);
    if (pacer.isDue) await pacer.pause();
  }
  const detail = kind.summedBy === undefined ? 'all' : buckets ? 'few' : 'none';
  yield* inSlices(rows.text(format, detail), monitor);
}

/** What a measurement says of its age was so when it was taken. */
function withPresentAge(sample: Sample, ageMs: number): Sample {
  const figures = Float64Array.from(sample.figures);
  figures[0]! += ageMs / 1_000;
  return { ...sample, figures };
}
