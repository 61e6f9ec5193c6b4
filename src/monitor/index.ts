/** What is measured, kept and derived: histograms of latencies, history. It sees engines through their port alone. */
export { ByteReader } from './encoding/byte-reader.js';
export { ByteWriter } from './encoding/byte-writer.js';
export { latencyErrorMax, LatencyHistogram, type LatencySummary } from './latency-histogram.js';
