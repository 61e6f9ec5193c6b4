/**
 * Which figures stand behind evidence, and when they are looked at. Invariant: a plot is of a series that the catalogue
 * has for that kind of object, so that history can be asked for it.
 */
import type { Marks } from '../../parts/plot-marks.ts';
import type { Alert, Evidence, Incident, Reading } from './answers.ts';

/** A kind of object of the catalogue, as far as plots need it. */
export interface CatalogueKind {
  readonly name: string;
  readonly labels: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly unit: string; readonly kind: string }[];
}

export interface EvidencePlot {
  /** Of history. */
  readonly series: string;
  /** The metric that explains it. */
  readonly metric: string;
  readonly unit: string;
  readonly isRate: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

const plotsMax = 6;
const names = /\bsluice_[a-z0-9_]+/g;

/** The plots behind some evidence, each once, in the order in which they are told of. */
export function plotsOf(
  evidence: readonly Evidence[],
  catalogue: readonly CatalogueKind[],
): readonly EvidencePlot[] {
  return plotsOfReadings(
    evidence.flatMap(({ readings }) => readings),
    catalogue,
  );
}

/** The plots of what the alerts of an incident are about. */
export function plotsOfAlerts(
  alerts: readonly Alert[],
  catalogue: readonly CatalogueKind[],
): readonly EvidencePlot[] {
  return plotsOfReadings(
    alerts.map(({ reading }) => reading),
    catalogue,
  );
}

function plotsOfReadings(
  readings: readonly Reading[],
  catalogue: readonly CatalogueKind[],
): readonly EvidencePlot[] {
  const found = new Map<string, EvidencePlot>();
  for (const reading of readings)
    for (const plot of plotsOfReading(reading, catalogue))
      found.set(JSON.stringify([plot.series, plot.labels]), plot);
  return [...found.values()].slice(0, plotsMax);
}

function plotsOfReading({ series, subject }: Reading, catalogue: readonly CatalogueKind[]): EvidencePlot[] {
  const kind = catalogue.find(({ name }) => name === subject.kind);
  if (kind === undefined) return [];
  return [...series.matchAll(names)].flatMap(([name]) => {
    const metric = kind.metrics.find((each) => each.name === name || isFigureOf(name, each));
    if (metric === undefined) return [];
    const isWhole = metric.name === name && metric.kind === 'histogram';
    return [
      {
        series: isWhole ? `${name}_p99` : name,
        metric: metric.name,
        // How often it was measured, whatever was measured.
        unit: name.endsWith('_count') ? 'count' : metric.unit,
        isRate: metric.kind === 'counter' || name.endsWith('_count') || name.endsWith('_sum'),
        labels: Object.fromEntries(
          kind.labels.flatMap((label) =>
            subject.labels[label] === undefined ? [] : [[label, subject.labels[label]]],
          ),
        ),
      },
    ];
  });
}

/** `…_p99` of a histogram. */
function isFigureOf(name: string, metric: CatalogueKind['metrics'][number]): boolean {
  return metric.kind === 'histogram' && name.startsWith(`${metric.name}_`);
}

export interface TimeWindow {
  /** Unix seconds. */
  readonly fromSecond: number;
  readonly toSecond: number;
  readonly stepSeconds: number;
}

const pointsMax = 240;
const beforeSeconds = 900;
const afterSeconds = 300;

/** The time around an incident: a quarter of an hour before its first alert, five minutes after its end. */
export function windowAround(
  incident: Pick<Incident, 'alerts' | 'openedMs' | 'resolvedMs'>,
  nowMs: number,
): TimeWindow {
  const firstMs = Math.min(incident.openedMs, ...incident.alerts.map(({ sinceMs }) => sinceMs));
  const endMs = Math.min(nowMs, (incident.resolvedMs ?? nowMs) + afterSeconds * 1_000);
  return windowOf(Math.floor(firstMs / 1_000) - beforeSeconds, Math.ceil(endMs / 1_000));
}

/** A stretch of time, in steps that a plot can show. */
export function windowOf(fromSecond: number, toSecond: number): TimeWindow {
  const seconds = Math.max(60, toSecond - fromSecond);
  const steps = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];
  const stepSeconds = steps.find((step) => seconds / step <= pointsMax) ?? 86_400;
  return { fromSecond: toSecond - seconds, toSecond, stepSeconds };
}

/** The alerts of an incident, as bands of time, and when it was opened. */
export function marksOf(incident: Pick<Incident, 'alerts' | 'openedMs'>, nowMs: number): Marks {
  return {
    bands: incident.alerts.map(({ sinceMs, endedMs, state }) => ({
      fromSecond: sinceMs / 1_000,
      toSecond: (endedMs ?? nowMs) / 1_000,
      tone: state === 'pending' || state === 'unknown' ? state : 'firing',
    })),
    moments: [incident.openedMs / 1_000],
  };
}
