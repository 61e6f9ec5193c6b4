/**
 * Everything that is measured, as OpenTelemetry's metrics: added up as `/metrics` shows it, queues by virtual host for
 * example. Invariant: what is unknown is absent.
 */
import type { Attributes, HrTime, ValueType } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type {
  AggregationTemporality,
  CollectionResult,
  DataPoint,
  DataPointType,
  Histogram,
  MetricData,
  MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { LatencyHistogram } from '../kernel/index.js';
import {
  bucketBounds,
  catalogue,
  histogramMetrics,
  seriesOf,
  type KindSum,
  type Metric,
  type Monitor,
  type ObjectKind,
} from '../monitor/index.js';

/** What of the SDK is used; it is loaded only where metrics are exported. */
export interface ProducerParts {
  readonly monitor: Pick<Monitor, 'refresh' | 'sums'>;
  readonly resource: Resource;
  readonly version: string;
  /** Unix ms of when counting began. */
  readonly sinceMs: number;
  readonly nowMs: () => number;
  readonly cumulative: AggregationTemporality.CUMULATIVE;
  readonly pointTypes: typeof DataPointType;
  readonly double: ValueType.DOUBLE;
}

/** UCUM, as the conventions ask for. */
const units: Readonly<Record<Metric['unit'], string>> = {
  messages: '{message}',
  bytes: 'By',
  seconds: 's',
  ratio: '1',
  count: '1',
  boolean: '1',
};

/** A metric with its place in a sample. */
interface Column {
  readonly metric: Metric;
  readonly column: number;
  /** Among the sample's histograms. */
  readonly histogram: number;
}

/** The points of one metric, as they are found. */
interface Points {
  readonly numbers: DataPoint<number>[];
  readonly histograms: DataPoint<Histogram>[];
}

export class MonitorProducer implements MetricProducer {
  readonly #parts: ProducerParts;
  readonly #startTime: HrTime;

  constructor(parts: ProducerParts) {
    this.#parts = parts;
    this.#startTime = timeOf(parts.sinceMs);
  }

  async collect(): Promise<CollectionResult> {
    const { monitor, resource, version } = this.#parts;
    await monitor.refresh();
    const metrics: MetricData[] = [];
    for (const kind of catalogue) metrics.push(...(await this.#collectKind(kind)));
    const scopeMetrics = [{ scope: { name: 'sluice', version }, metrics }];
    return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
  }

  async #collectKind(kind: ObjectKind): Promise<MetricData[]> {
    const columns = columnsOf(kind);
    const points = columns.map((): Points => ({ numbers: [], histograms: [] }));
    const endTime = timeOf(this.#parts.nowMs());
    await this.#parts.monitor.sums(kind.name, (sum) => {
      const attributes = attributesOf(kind, sum.labels);
      for (const [index, column] of columns.entries())
        this.#addPoint(points[index]!, column, sum, attributes, endTime);
    });
    return columns.flatMap(({ metric }, index) => this.#dataOf(metric, points[index]!));
  }

  #addPoint(
    { numbers, histograms }: Points,
    { metric, column, histogram }: Column,
    sum: KindSum,
    attributes: Attributes,
    endTime: HrTime,
  ): void {
    const startTime = metric.kind === 'gauge' ? endTime : this.#startTime;
    if (metric.kind === 'histogram') {
      const measured = sum.histograms?.[histogram];
      if (measured === undefined || Number.isNaN(sum.figures[column])) return;
      histograms.push({ startTime, endTime, attributes, value: histogramValue(measured) });
      return;
    }
    const value = sum.figures[column]!;
    if (!Number.isNaN(value)) numbers.push({ startTime, endTime, attributes, value });
  }

  #dataOf(metric: Metric, { numbers, histograms }: Points): MetricData[] {
    if (numbers.length + histograms.length === 0) return [];
    const { pointTypes, cumulative, double } = this.#parts;
    const descriptor = {
      name: metric.name,
      description: metric.help,
      unit: units[metric.unit],
      valueType: double,
    };
    const base = { descriptor, aggregationTemporality: cumulative } as const;
    switch (metric.kind) {
      case 'counter':
        return [{ ...base, dataPointType: pointTypes.SUM, dataPoints: numbers, isMonotonic: true }];
      case 'gauge':
        return [{ ...base, dataPointType: pointTypes.GAUGE, dataPoints: numbers }];
      case 'histogram':
        return [{ ...base, dataPointType: pointTypes.HISTOGRAM, dataPoints: histograms }];
    }
  }
}

function columnsOf(kind: ObjectKind): Column[] {
  const series = seriesOf(kind);
  const histograms = histogramMetrics(kind);
  return kind.metrics.map((metric) => ({
    metric,
    column: series.findIndex(({ id }) => id === metric.id * 8),
    histogram: histograms.indexOf(metric),
  }));
}

/** `engine` and `vhost` stand under their own names, as everywhere. */
function attributesOf(kind: ObjectKind, values: readonly string[]): Attributes {
  return Object.fromEntries(values.map((value, index) => [`sluice.${kind.labels[index]!}`, value]));
}

function histogramValue(measured: LatencyHistogram): Histogram {
  const counts: number[] = [];
  let before = 0;
  for (const bound of bucketBounds) {
    const upTo = measured.countUpTo(bound * 1e6);
    counts.push(upTo - before);
    before = upTo;
  }
  counts.push(measured.count - before);
  const { count, sumMicroseconds } = measured;
  return {
    buckets: { boundaries: [...bucketBounds], counts },
    count,
    sum: sumMicroseconds / 1e6,
  };
}

function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
