/** What is measured, kept and derived: histograms of latencies, history. It sees engines through their port alone. */
export { ByteReader } from './encoding/byte-reader.js';
export { ByteWriter } from './encoding/byte-writer.js';
export * from './history/index.js';
export { latencyErrorMax, LatencyHistogram, type LatencySummary } from './latency-histogram.js';
export {
  seriesOf,
  type Metric,
  type MetricKind,
  type MetricUnit,
  type ObjectKind,
  type Series,
} from './metric.js';
export * from './catalogue.js';
export { QueueSource, type QueueFigures } from './queue-source.js';
export { figureOf, SampleFrame, type Sample, type SampleSource } from './sample.js';
export { Sampler, type SamplerOptions } from './sampler.js';
export * from './derived.js';
