/**
 * The newest figures of queues by name, for lists that show and sort by them: gauges as they are, counters in all and a
 * second, and the time to drain. Invariant: what is unknown is left out; null says that it never happens.
 */
import { SluiceError } from '../kernel/index.js';
import { queueKind, seriesOf, timeToDrain, type Monitor } from '../monitor/index.js';
import { ownEngine } from './broker-sources.js';

/** By name; null: never. */
export type QueueFigures = Readonly<Record<string, number | null>>;

/** A queue as it is in the newest measurement. */
interface Measured {
  readonly figures: Float64Array;
  /** A second, by column. */
  readonly rateAt: (column: number) => number | undefined;
}

type Figure = (queue: Measured) => number | null | undefined;

const prefix = 'sluice_';
const series = seriesOf(queueKind);
const columnOf = (name: string): number => series.findIndex((each) => each.name === prefix + name);
const ready = columnOf('messages_ready');
const published = columnOf('messages_published_total');
const leaving = ['acknowledged', 'expired', 'dead_lettered', 'dropped'].map((word) =>
  columnOf(`messages_${word}_total`),
);

function secondsToDrain({ figures, rateAt }: Measured): number | null | undefined {
  const length = figures[ready]!;
  const rates = leaving.map(rateAt);
  const left = rates[0] === undefined ? undefined : rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
  const drain = timeToDrain(Number.isNaN(length) ? undefined : length, rateAt(published), left);
  switch (drain.kind) {
    case 'empty':
      return 0;
    case 'draining':
      return drain.seconds;
    case 'never':
      return null;
    case 'unknown':
      return undefined;
  }
}

/** Counters of queues, for which there is a rate too. */
const counters = new Set(queueKind.metrics.filter(({ kind }) => kind === 'counter').map(({ name }) => name));

const byName: ReadonlyMap<string, Figure> = new Map<string, Figure>([
  ...series.flatMap(({ name }, column): [string, Figure][] => {
    const short = name.slice(prefix.length);
    const now: [string, Figure] = [short, ({ figures }) => figures[column]];
    if (!counters.has(name)) return [now];
    return [now, [short.replace(/_total$/, '_per_second'), ({ rateAt }) => rateAt(column)]];
  }),
  ['seconds_to_drain', secondsToDrain],
]);

/** Every name, for help and documentation. */
export const queueFigureNames: readonly string[] = [...byName.keys()];

/** Whether a list of queues can show this, and be sorted by it. */
export function isQueueFigure(name: string): boolean {
  return byName.has(name);
}

/**
 * Reads the figures of these names, parted by commas, of one queue of an engine after another. Throws `bad-input`,
 * `unsupported`.
 */
export async function queueFiguresNamed(
  monitor: Monitor | undefined,
  names: string,
  engine: string = ownEngine,
): Promise<(vhost: string, queue: string) => QueueFigures> {
  const asked = [...new Set(names.split(',').filter((name) => name !== ''))];
  const figures = asked.map((name) => [name, figureNamed(name)] as const);
  if (monitor === undefined)
    throw new SluiceError('unsupported', 'this program measures nothing; open it with { monitor: true }');
  await monitor.refresh();
  return (vhost, queue) => {
    const labels = [engine, vhost, queue];
    const found = monitor.find('queue', labels);
    const known: Record<string, number | null> = {};
    if (found === undefined) return known;
    const measured = {
      figures: found,
      rateAt: (column: number) => monitor.queueRate(labels, column),
    };
    for (const [name, figure] of figures) {
      const value = figure(measured);
      if (value !== undefined && !Number.isNaN(value)) known[name] = value;
    }
    return known;
  };
}

function figureNamed(name: string): Figure {
  const figure = byName.get(name);
  if (figure !== undefined) return figure;
  const known = queueFigureNames.join(', ');
  throw new SluiceError('bad-input', `figures: no ${name.slice(0, 100)}; there are ${known}`);
}

/** What a list is sorted by: never comes after every number; undefined: unknown. */
export function sortedAs(value: number | null | undefined): number | undefined {
  return value === null ? Number.MAX_VALUE : value;
}
