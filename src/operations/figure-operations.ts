/** What is measured, now and before, for operators. Invariant: only what is known is told. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import {
  catalogue,
  readSeries,
  seriesNamed,
  seriesOf,
  stepFor,
  type Figures,
  type Monitor,
  type MonitorHealth,
  type ObjectKind,
  type Sample,
  type SeriesQuery,
  type SeriesStretch,
} from '../monitor/index.js';
import { emitInPieces } from './in-pieces.js';
import { ownEngine } from './broker-sources.js';
import { nothing } from './inputs.js';
import type { ServerOperation, Services } from './services.js';

/** One object in the newest measurement. */
export interface FigureRow {
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By series; those that are known. */
  readonly figures: Readonly<Record<string, number>>;
}

const labelNames = [...new Set(catalogue.flatMap(({ labels }) => labels))];
const labelValue = z.string().min(1).max(1_024);

/** The labels of every kind, each of which may be left out. */
const labelShape = Object.fromEntries(labelNames.map((name) => [name, labelValue.optional()]));

type Labels = Readonly<Record<string, string | undefined>>;

const second = z.int().min(0).max(100_000_000_000);

const figureListInput = z.strictObject({
  kind: z.enum(catalogue.map(({ name }) => name)).default('queue'),
  ...labelShape,
});

/** The newest figures of every object of a kind whose labels are as given. */
export const figureList: ServerOperation<
  z.infer<typeof figureListInput>,
  { readonly count: number; readonly second: number | undefined },
  readonly FigureRow[]
> = {
  input: figureListInput,
  async run({ monitor }, { kind: name, ...wanted }, call) {
    const kind = kindNamed(name);
    const labels = wanted as Labels;
    requireLabels(kind, labels);
    const measured = await fresh(monitor);
    const samples = matching(measured.latest(name), kind, labels);
    const { count } = await emitInPieces(call, samples, (sample) => rowOf(kind, sample));
    return { count, second: measured.second };
  },
};

/** A series as it went. */
export interface SeriesAnswer {
  readonly series: string;
  readonly kind: string;
  /** Of each value: messages, bytes, seconds and so on; of a counter, that a second. */
  readonly unit: string;
  readonly isRate: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds: where it ends; who goes on asks from the second before, which may not have been whole. */
  readonly toSecond: number;
  readonly stretches: readonly SeriesStretch[];
}

const seriesInput = z.strictObject({
  series: z.string().min(1).max(100).describe('a name of the catalogue, with or without sluice_'),
  ...labelShape,
  from: second.optional().describe('Unix seconds; `seconds` before `to` unless given'),
  seconds: z.int().min(1).max(3_155_760_000).optional().describe('an hour unless given; not with `from`'),
  to: second.optional().describe('Unix seconds; after the newest measurement unless given'),
  step: z.int().min(1).max(31_536_000).optional().describe('seconds; at most 400 points unless given'),
});

const rangeSecondsDefault = 3_600;
const pointsMaxDefault = 400;

/** Points of one series of one object. */
export const seriesRead: ServerOperation<z.infer<typeof seriesInput>, SeriesAnswer> = {
  input: seriesInput,
  async run(services, { series: name, from, seconds, to, step, ...given }) {
    const figures = kept(services);
    const { kind, series } = seriesNamed(name);
    requireLabels(kind, given);
    const labels = fullLabels(kind, given);
    const times = timesOf({ from, seconds, to, step }, figures.second);
    return {
      ...{ series: series.name, kind: kind.name, unit: series.unit, isRate: series.kind === 'counter' },
      ...{ labels: named(kind, labels), toSecond: times.toSecond },
      stretches: await readSeries(figures, { name: series.name, labels, ...times }),
    };
  },
};

type TimesGiven = Pick<z.infer<typeof seriesInput>, 'from' | 'seconds' | 'to' | 'step'>;

/** Where a series begins and ends, and the length of its points. Throws `bad-input`. */
function timesOf(
  { from, seconds, to, step }: TimesGiven,
  newest: number | undefined,
): Pick<SeriesQuery, 'fromSecond' | 'toSecond' | 'stepSeconds'> {
  if (from !== undefined && seconds !== undefined)
    throw new SluiceError('bad-input', 'from and seconds both say where to begin');
  const toSecond = to ?? (newest ?? 0) + 1;
  const fromSecond = from ?? Math.max(0, toSecond - (seconds ?? rangeSecondsDefault));
  if (fromSecond >= toSecond) throw new SluiceError('bad-input', 'from is not before to');
  return { fromSecond, toSecond, stepSeconds: step ?? stepFor(toSecond - fromSecond, pointsMaxDefault) };
}

/** How the monitor itself fares, and how far back history reaches. */
export const monitorShow: ServerOperation<Record<string, never>, MonitorHealth> = {
  input: nothing,
  run: async ({ monitor }) => (await fresh(monitor)).health,
};

/** Every kind of object that is measured, and its metrics. */
export const metricList: ServerOperation<Record<string, never>, { readonly kinds: readonly ObjectKind[] }> = {
  input: nothing,
  run: () => Promise.resolve({ kinds: catalogue }),
};

async function fresh(monitor: Monitor | undefined): Promise<Monitor> {
  if (monitor === undefined)
    throw new SluiceError('unsupported', 'this program measures nothing; open it with { monitor: true }');
  await monitor.refresh();
  return monitor;
}

function kept({ figures }: Services): Figures {
  if (figures === undefined) throw new SluiceError('unsupported', 'no history is kept (monitor.enabled)');
  return figures;
}

function kindNamed(name: string): ObjectKind {
  return catalogue.find((kind) => kind.name === name)!;
}

function requireLabels(kind: ObjectKind, given: Labels): void {
  const stranger = Object.keys(given).find(
    (name) => given[name] !== undefined && !kind.labels.includes(name),
  );
  if (stranger !== undefined)
    throw new SluiceError(
      'bad-input',
      `${kind.name} has no label ${stranger}; it has ${kind.labels.join(', ')}`,
    );
}

/** The broker's own engine and the virtual host `/` need not be named. */
function fullLabels(kind: ObjectKind, given: Labels): string[] {
  const usual: Labels = { engine: ownEngine, vhost: '/' };
  return kind.labels.map((name) => {
    const value = given[name] ?? usual[name];
    if (value === undefined) throw new SluiceError('bad-input', `${name}: which one? ${kind.name} needs it`);
    return value;
  });
}

function* matching(
  samples: Iterable<Sample>,
  kind: ObjectKind,
  given: Labels,
): Generator<Sample, void, undefined> {
  for (const sample of samples) {
    if (kind.labels.every((name, index) => (given[name] ?? sample.labels[index]) === sample.labels[index]))
      yield sample;
  }
}

function named(kind: ObjectKind, labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(kind.labels.map((name, index) => [name, labels[index]!]));
}

function rowOf(kind: ObjectKind, { labels, figures }: Sample): FigureRow {
  const known: Record<string, number> = {};
  for (const [column, { name }] of seriesOf(kind).entries())
    if (!Number.isNaN(figures[column]!)) known[name] = figures[column]!;
  return { kind: kind.name, labels: named(kind, labels), figures: known };
}
