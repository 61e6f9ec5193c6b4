/**
 * How a queue grows, and when it reaches a limit at this pace: a robust line through its recent history, with a band.
 * Invariant: what history cannot tell is left out; nothing is assumed but that it goes on as it went.
 */
import { z } from 'zod';
import { toPlain } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import {
  forecastOf,
  reachOf,
  readSeries,
  seriesNamed,
  seriesOf,
  stepFor,
  valueAfter,
  type Figures,
  type Forecast,
  type Reach,
} from '../monitor/index.js';
import { ownEngine } from './broker-sources.js';
import { besideNamed, engineName } from './engine-named.js';
import { givenName, vhostName } from './inputs.js';
import type { ServerOperation } from './services.js';

/** Where one figure of the queue, or the disk below it, is going. */
export interface ForecastLine {
  readonly what: 'messages' | 'bytes' | 'disk';
  readonly series: string;
  /** Where the line is at `atSecond`, the newest known point, and its increase a second with the bounds of that. */
  readonly level: number;
  readonly atSecond: number;
  readonly slopePerSecond: number;
  readonly slopeLow: number;
  readonly slopeHigh: number;
  /** Points of history that it rests on. */
  readonly points: number;
  /** What stops it, and when it gets there; left out: it has none. */
  readonly limit?: ForecastLimit;
  /** The line from its newest point on, with its band; nothing below zero. */
  readonly path: readonly {
    readonly second: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
}

/** Seconds are from `atSecond` of the line; what is left out is not reached on that course. */
export interface ForecastLimit {
  /** An argument or policy key of the queue, or the setting of the server. */
  readonly name: string;
  readonly value: number;
  readonly seconds?: number;
  readonly earliestSeconds?: number;
  readonly latestSeconds?: number;
}

export interface ForecastAnswer {
  /** The line goes through so much of the past, and on for so long. */
  readonly overSeconds: number;
  readonly aheadSeconds: number;
  /** Of those figures of which enough is known. */
  readonly lines: readonly ForecastLine[];
  /** The others. */
  readonly unknown: readonly ForecastLine['what'][];
}

const overSecondsMax = 2_592_000;
const forecastInput = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  over: z.int().min(60).max(overSecondsMax).describe('seconds of the past that the line goes through'),
  ahead: z.int().min(60).max(overSecondsMax).optional().describe('seconds; as many as `over` unless given'),
  disk: z.boolean().describe('the disk too, which is not the queue alone'),
});

const pointsMax = 120;
const pathPoints = 24;

interface Span {
  readonly overSeconds: number;
  readonly aheadSeconds: number;
  readonly toSecond: number;
}

/** A figure, and what limits it. */
interface Subject {
  readonly what: ForecastLine['what'];
  readonly series: string;
  readonly labels: readonly string[];
  readonly direction: 1 | -1;
  readonly limit: { readonly name: string; readonly value: number } | undefined;
}

type ForecastInput = z.infer<typeof forecastInput>;

/** Throws `not-found`, and `unsupported` where no history is kept. */
export const queueForecast: ServerOperation<ForecastInput, ForecastAnswer> = {
  input: forecastInput,
  run({ broker, figures }, input) {
    const { vhost, queue } = input;
    const { administration } = broker;
    administration.describeQueue(vhost, queue);
    const effect = administration.policies.effectOn({ kind: 'queue', vhost, name: queue });
    return forecast(figures, ownEngine, input, toPlain(effect.arguments));
  },
};

const engineForecastInput = forecastInput.extend({ engine: engineName });

/** Of a queue of any engine, by what is measured of it here. */
export const engineQueueForecast: ServerOperation<z.infer<typeof engineForecastInput>, ForecastAnswer> = {
  input: engineForecastInput,
  async run(services, { engine: name, ...input }, call) {
    const engine = besideNamed(services, name);
    if (engine === undefined) return queueForecast.run(services, input, call);
    const { vhost, queue } = input;
    const effect = await engine.policyEffect({ kind: 'queue', vhost, name: queue });
    return forecast(services.figures, name, input, effect.arguments);
  },
};

async function forecast(
  figures: Figures | undefined,
  engine: string,
  { vhost, queue, over, ahead = over, disk }: ForecastInput,
  table: Readonly<Record<string, unknown>>,
): Promise<ForecastAnswer> {
  if (figures === undefined) throw new SluiceError('unsupported', 'no history is kept (monitor.enabled)');
  const subjects = [
    ...queueSubjects([engine, vhost, queue], table),
    ...(disk ? diskSubjects(figures, engine) : []),
  ];
  const span = { overSeconds: over, aheadSeconds: ahead, toSecond: (figures.second ?? 0) + 1 };
  const lines: ForecastLine[] = [];
  for (const subject of subjects) {
    const line = await lineOf(figures, subject, span);
    if (line !== undefined) lines.push(line);
  }
  const known = new Set(lines.map(({ what }) => what));
  const asked = ['messages', 'bytes', ...(disk ? (['disk'] as const) : [])] as const;
  return {
    overSeconds: over,
    aheadSeconds: ahead,
    lines,
    unknown: asked.filter((what) => !known.has(what)),
  };
}

/** Limits count what waits: consumers hold the rest. */
function queueSubjects(labels: readonly string[], table: Readonly<Record<string, unknown>>): Subject[] {
  const limitBy = (name: string): Subject['limit'] => {
    const value = table[name];
    return typeof value === 'number' ? { name, value } : undefined;
  };
  return [
    {
      ...{ what: 'messages', series: 'sluice_messages_ready', labels, direction: 1 },
      limit: limitBy('x-max-length'),
    },
    {
      ...{ what: 'bytes', series: 'sluice_messages_bytes', labels, direction: 1 },
      limit: limitBy('x-max-length-bytes'),
    },
  ];
}

const diskFree = 'sluice_disk_free_bytes';
const diskLimit = 'sluice_disk_free_limit_bytes';

/** Of several nodes the one that is nearest to its limit. */
function diskSubjects(figures: Figures, engine: string): Subject[] {
  const { kind } = seriesNamed(diskFree);
  const columnOf = (series: string): number => seriesOf(kind).findIndex(({ name }) => name === series);
  const [free, least] = [columnOf(diskFree), columnOf(diskLimit)];
  let nearest: { readonly room: number; readonly subject: Subject } | undefined;
  for (const { labels, figures: now } of figures.latest(kind.name)) {
    if (labels[0] !== engine) continue;
    const value = Number.isNaN(now[least]!) ? 0 : now[least]!;
    const room = now[free]! - value;
    if (nearest !== undefined && !(room < nearest.room)) continue;
    const limit = { name: 'disk_free_limit', value };
    nearest = {
      room,
      subject: { what: 'disk', series: diskFree, labels: [...labels], direction: -1, limit },
    };
  }
  return nearest === undefined ? [] : [nearest.subject];
}

async function lineOf(figures: Figures, subject: Subject, span: Span): Promise<ForecastLine | undefined> {
  const { what, series, direction, limit } = subject;
  const { overSeconds, aheadSeconds } = span;
  // What has just come to be is known for too few long steps.
  const forecast =
    (await forecastOver(figures, subject, span)) ??
    (await forecastOver(figures, subject, { ...span, overSeconds: Math.min(overSeconds, pointsMax) }));
  if (forecast === undefined) return undefined;
  const { strayLow: _low, strayHigh: _high, ...line } = forecast;
  return {
    ...{ what, series, ...line, path: pathOf(forecast, aheadSeconds) },
    ...(limit === undefined
      ? {}
      : { limit: { ...limit, ...known(reachOf(limit.value, direction, forecast)) } }),
  };
}

async function forecastOver(
  figures: Figures,
  { series, labels }: Subject,
  { overSeconds, toSecond }: Span,
): Promise<Forecast | undefined> {
  const stretches = await readSeries(figures, {
    ...{ name: series, labels, toSecond, fromSecond: Math.max(0, toSecond - overSeconds) },
    stepSeconds: stepFor(overSeconds, pointsMax),
  });
  const seconds: number[] = [];
  const values: (number | undefined)[] = [];
  for (const stretch of stretches)
    for (const [index, value] of stretch.values.entries()) {
      seconds.push(stretch.startSecond + index * stretch.stepSeconds);
      values.push(value ?? undefined);
    }
  return forecastOf(seconds, values);
}

function pathOf(forecast: Forecast, aheadSeconds: number): ForecastLine['path'] {
  return Array.from({ length: pathPoints + 1 }, (_, index) => {
    const after = Math.round((aheadSeconds * index) / pathPoints);
    const { value, low, high } = valueAfter(after, forecast);
    const floored = { value: Math.max(0, value), low: Math.max(0, low), high: Math.max(0, high) };
    return { second: forecast.atSecond + after, ...floored };
  });
}

function known({ seconds, earliestSeconds, latestSeconds }: Reach): Omit<ForecastLimit, 'name' | 'value'> {
  return {
    ...(seconds === undefined ? {} : { seconds }),
    ...(earliestSeconds === undefined ? {} : { earliestSeconds }),
    ...(latestSeconds === undefined ? {} : { latestSeconds }),
  };
}
