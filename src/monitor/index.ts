/** What is measured, kept and derived: histograms of latencies, history. It sees engines through their port alone. */
export { ByteReader } from './encoding/byte-reader.js';
export { ByteWriter } from './encoding/byte-writer.js';
export type { Figures } from './figures.js';
export * from './history/index.js';
export { latencyErrorMax, LatencyHistogram, type LatencySummary } from '../kernel/index.js';
export {
  combineOf,
  histogramMetrics,
  seriesOf,
  type Combination,
  type Metric,
  type MetricKind,
  type MetricUnit,
  type ObjectKind,
  type Series,
} from './metric.js';
export * from './catalogue.js';
export { monitorInChinese } from './chinese.js';
export { bucketBounds } from './exposition/buckets.js';
export { exposition, summedKinds, type ExpositionOptions } from './exposition/exposition.js';
export { metricContentTypes, metricFormat, type MetricFormat } from './exposition/metric-text.js';
export { RecordedFigures, type RecordedOptions } from './recorded-figures.js';
export { Monitor, type MonitorHealth, type MonitorOptions } from './monitor.js';
export {
  EngineSource,
  type EngineFigures,
  type ChurnFigures,
  type JournalFigures,
} from './sources/engine-source.js';
export {
  QueueSource,
  type QueueFigures,
  type QueueSourceOptions,
  type VhostFigures,
} from './sources/queue-source.js';
export type { ReportedTask } from './sources/task-samples.js';
export { NodeSource, type NodeSourceOptions } from './sources/node-source.js';
export {
  readSeries,
  seriesNamed,
  stepFor,
  type NamedSeries,
  type SeriesQuery,
  type SeriesStretch,
} from './series-view.js';
export { Prober, type ProbeFigures, type ProbePlan, type ProberOptions } from './probe/prober.js';
export { type ProbedEngine } from './probe/probe-session.js';
export {
  monitorSettings,
  observedEngines,
  type AmountSchemas,
  type MonitorSettings,
  type ObservedEngine,
  type ProbeSettings,
} from './settings.js';
export type { SourceHealth } from './source-book.js';
export type { KindSum } from './sums.js';
export { figureOf, SampleFrame, type Sample, type SampleSource } from './sample.js';
export { Polled, type PolledHealth } from './sources/polled.js';
export { RowSource, type RowSourceOptions } from './sources/row-source.js';
export { Sampler, type SampleSink, type SamplerOptions } from './sampler.js';
export * from './derived.js';
export * from './trend.js';
