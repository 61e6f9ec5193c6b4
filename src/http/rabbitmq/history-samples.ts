/**
 * Samples out of history. A sample of a gauge is what was measured last before its moment; one of a counter is what it
 * stands at now less what came since. Invariant: behind a time of which nothing is known a counter has no samples.
 */
import { seriesNamed, seriesOf, type Figures, type NamedSeries, type Stretch } from '../../monitor/index.js';
import type { Sample, SampleRange } from './samples.js';

/** A series of one object: its name with or without `sluice_`, and the values of its kind's labels. */
export interface SampledSeries {
  readonly series: string;
  readonly labels: readonly string[];
}

/** None where no history is kept, or it knows nothing of the object. */
export async function historySamples(
  figures: Figures | undefined,
  { series: name, labels }: SampledSeries,
  { ageSeconds, incrSeconds }: SampleRange,
): Promise<Sample[]> {
  if (figures?.second === undefined) return [];
  const named = seriesNamed(name);
  const endSecond = figures.second + 1;
  const newestSecond = Math.floor(endSecond / incrSeconds) * incrSeconds;
  const stretches = await figures.select({
    ...{ kind: named.kind.name, labels, series: named.series.id },
    ...{ fromSecond: Math.max(0, newestSecond - ageSeconds - incrSeconds), toSecond: endSecond },
    stepSeconds: incrSeconds,
  });
  const oldestMs = (newestSecond - ageSeconds) * 1_000;
  const all =
    named.series.kind === 'counter'
      ? counterSamples(stretches, nowOf(figures, named, labels), endSecond)
      : gaugeSamples(stretches, endSecond);
  const { scale } = named.series;
  return all
    .filter(({ timestamp }) => timestamp >= oldestMs && timestamp <= newestSecond * 1_000)
    .map(({ sample, timestamp }) => ({ sample: sample / scale, timestamp }));
}

/** What a counter stands at, in the unit in which history keeps it; undefined: it is unknown. */
function nowOf(
  figures: Figures,
  { kind, series }: NamedSeries,
  labels: readonly string[],
): number | undefined {
  const column = seriesOf(kind).findIndex(({ id }) => id === series.id);
  const now = figures.find(kind.name, labels)?.[column];
  return now === undefined || Number.isNaN(now) ? undefined : now * series.scale;
}

/** Every point, the newest first, with the second in which it begins and the one in which it ends. */
function* pointsBack(stretches: readonly Stretch[]) {
  for (const { startSecond, stepSeconds, points } of [...stretches].reverse())
    for (let at = points.capacity - 1; at >= 0; at--) {
      const fromSecond = startSecond + at * stepSeconds;
      yield { fromSecond, toSecond: fromSecond + stepSeconds, points, at };
    }
}

function gaugeSamples(stretches: readonly Stretch[], endSecond: number): Sample[] {
  const samples: Sample[] = [];
  for (const { toSecond, points, at } of pointsBack(stretches)) {
    if (toSecond > endSecond || points.weight[at] === 0) continue;
    samples.push({ sample: points.last[at]!, timestamp: toSecond * 1_000 });
  }
  return samples;
}

function counterSamples(stretches: readonly Stretch[], now: number | undefined, endSecond: number): Sample[] {
  if (now === undefined) return [];
  let stood = now;
  const samples: Sample[] = [];
  if (pointsEndAt(stretches, endSecond)) samples.push({ sample: stood, timestamp: endSecond * 1_000 });
  for (const { fromSecond, points, at } of pointsBack(stretches)) {
    if (points.weight[at] === 0) break;
    stood -= points.sum[at]!;
    samples.push({ sample: stood, timestamp: fromSecond * 1_000 });
  }
  return samples;
}

/** Whether the newest point is whole, so that its end is the moment of a sample. */
function pointsEndAt(stretches: readonly Stretch[], endSecond: number): boolean {
  const newest = stretches.at(-1);
  return (
    newest !== undefined && newest.startSecond + newest.points.capacity * newest.stepSeconds === endSecond
  );
}
