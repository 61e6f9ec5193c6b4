/**
 * What of the catalogue becomes Zabbix items: which kinds, which of their series, under which keys. Template, figures
 * document and sender all read this list, so that what is sent is what the template has items for. Invariant: one series
 * has one key, and a key one series.
 */
import {
  catalogue,
  connectionKind,
  consumerKind,
  releaseKind,
  seriesOf,
  type Metric,
  type MetricUnit,
  type ObjectKind,
  type Series,
} from '../index.js';

/** A series as a Zabbix item. */
export interface ItemSeries {
  readonly series: Series;
  /** Where the series stands in a sample's figures. */
  readonly column: number;
  readonly metric: Metric;
  /** Without its parameter, the object's id. */
  readonly key: string;
  /** What people read: `Messages published`. */
  readonly title: string;
  /** Zabbix's unit; a counter is shown a second. */
  readonly units: string;
}

/** A kind with its items. */
export interface ItemKind {
  readonly kind: ObjectKind;
  /** The key of the discovery rule. */
  readonly discoveryKey: string;
  readonly items: readonly ItemSeries[];
}

/**
 * Consumers and connections come and go with every deployment: as items they would be mostly graveyards. A release has no
 * figure.
 */
const leftOut: ReadonlySet<ObjectKind> = new Set([consumerKind, connectionKind, releaseKind]);

const unitNames: Readonly<Record<MetricUnit, string>> = {
  messages: '',
  bytes: 'B',
  seconds: 's',
  ratio: '',
  count: '',
  boolean: '',
};

const quantileTitles: Readonly<Record<string, string>> = {
  count: 'number',
  sum: 'sum',
  p50: 'median',
  p95: '95th percentile',
  p99: '99th percentile',
  p999: '99.9th percentile',
  max: 'maximum',
};

/** The kinds, in the order of the catalogue. */
export const itemKinds: readonly ItemKind[] = catalogue
  .filter((kind) => !leftOut.has(kind))
  .map((kind) => ({ kind, discoveryKey: `sluice.discovery[${kind.name}]`, items: itemsOf(kind) }));

function itemsOf(kind: ObjectKind): readonly ItemSeries[] {
  return seriesOf(kind).map((series, column): ItemSeries => {
    const metric = kind.metrics.find(({ id }) => id === Math.floor(series.id / 8))!;
    const units = series.kind === 'counter' ? perSecond(series.unit) : unitNames[series.unit];
    return { series, column, metric, key: itemKey(series.name), title: titleOf(metric, series), units };
  });
}

/** The key of a series, without its parameter. */
export function itemKey(series: string): string {
  return series.replace(/^sluice_/, 'sluice.');
}

/** Seconds a second are a share, and have no unit. */
function perSecond(unit: MetricUnit): string {
  if (unit === 'seconds') return '';
  return unit === 'bytes' ? 'Bps' : '/s';
}

function titleOf(metric: Metric, { name, kind }: Series): string {
  const words = metric.name.replace(/^sluice_/, '').replace(/_(total|seconds|bytes|ratio)\b/g, '');
  const text = words.replaceAll('_', ' ').replace(/ (total|seconds)$/, '');
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  const figure = name.length > metric.name.length ? name.slice(metric.name.length + 1) : undefined;
  const which = figure === undefined ? '' : `, ${quantileTitles[figure] ?? figure}`;
  return `${whole}${which}${kind === 'counter' ? ' a second' : ''}`;
}
