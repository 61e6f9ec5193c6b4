/** What was measured and where it is going, for one plot. Pure. Invariant: the forecast begins where history ends. */
import { aligned, type PlotData, type Stretch } from '../../parts/plot-data.ts';

/** As `/v1/queues/{vhost}/{queue}/forecast` tells it. */
export interface Forecast {
  readonly overSeconds: number;
  readonly aheadSeconds: number;
  readonly lines: readonly ForecastLine[];
  readonly unknown: readonly ForecastLine['what'][];
}

export interface ForecastLine {
  readonly what: 'messages' | 'bytes' | 'disk';
  readonly series: string;
  readonly level: number;
  readonly atSecond: number;
  readonly slopePerSecond: number;
  readonly limit?: ForecastLimit;
  readonly path: readonly {
    readonly second: number;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  }[];
}

export interface ForecastLimit {
  readonly name: string;
  readonly value: number;
  readonly seconds?: number;
  readonly earliestSeconds?: number;
  readonly latestSeconds?: number;
}

/** Lines: what was measured, the forecast, and its bounds. */
export function plotOf(history: readonly Stretch[], line: ForecastLine): PlotData {
  const measured = aligned([history]);
  const path = line.path.filter(({ second }) => second > (measured.seconds.at(-1) ?? -Infinity));
  const nothing = measured.seconds.map((second) => (second === line.atSecond ? line.level : null));
  const ahead = (read: (point: (typeof path)[number]) => number): (number | null)[] => [
    ...nothing,
    ...path.map(read),
  ];
  return {
    seconds: [...measured.seconds, ...path.map(({ second }) => second)],
    lines: [
      [...(measured.lines[0] ?? []), ...path.map(() => null)],
      ahead(({ value }) => value),
      ahead(({ low }) => low),
      ahead(({ high }) => high),
    ],
  };
}

/** A limit that is so far off would leave a flat line. */
const farTimes = 4;

/** The limit as a level of the plot, where it is near enough. */
export function levelsOf({ lines }: PlotData, line: ForecastLine): readonly number[] {
  const greatest = Math.max(1, ...lines.flat().map((value) => value ?? 0));
  const { limit } = line;
  return limit !== undefined && limit.value <= greatest * farTimes ? [limit.value] : [];
}

/** Seconds until it is empty at this pace; undefined: it does not become less. */
export function secondsUntilEmpty({ level, slopePerSecond }: ForecastLine): number | undefined {
  return level > 0 && slopePerSecond < 0 ? level / -slopePerSecond : undefined;
}

/** Less than one in a day is called no change. */
export function isSteady({ slopePerSecond }: ForecastLine): boolean {
  return Math.abs(slopePerSecond) * 86_400 < 1;
}
