/** Sends what is measured to a collector by OTLP, every so often. Invariant: a collector that is away holds up nobody. */
import { hostname } from 'node:os';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { Monitor } from '../monitor/index.js';
import { MonitorProducer } from './metrics-producer.js';
import { withinTime } from './within-time.js';
import type { OtlpSettings } from './telemetry-settings.js';

const exportMsMax = 10_000;
const closeMsMax = 3_000;

export interface MetricsExportOptions {
  readonly monitor: Pick<Monitor, 'refresh' | 'sums'>;
  readonly otlp: OtlpSettings;
  readonly version: string;
  /** Unix ms of when counting began. */
  readonly sinceMs: number;
  readonly nowMs: () => number;
  /** Told when an export failed, and of the next failure only after one that went well. */
  readonly onProblem: (problem: string) => void;
}

/** Gives the way to stop, which sends the newest figures once more, for a few seconds at most. */
export async function startMetricsExport(options: MetricsExportOptions): Promise<() => Promise<void>> {
  const { monitor, otlp, version, sinceMs, nowMs, onProblem } = options;
  const [api, sdk, { OTLPMetricExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const resource = resourceFromAttributes({
    'service.name': otlp.service,
    'service.version': version,
    'host.name': hostname(),
  });
  const producer = new MonitorProducer({
    ...{ monitor, resource, version, sinceMs, nowMs },
    cumulative: sdk.AggregationTemporality.CUMULATIVE,
    pointTypes: sdk.DataPointType,
    double: api.ValueType.DOUBLE,
  });
  const exporter = new OTLPMetricExporter({
    url: `${otlp.endpoint}/v1/metrics`,
    headers: { ...otlp.headers },
    timeoutMillis: Math.min(otlp.every, exportMsMax),
  });
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: telling(exporter, onProblem),
    exportIntervalMillis: otlp.every,
    exportTimeoutMillis: Math.min(otlp.every, exportMsMax),
  });
  reader.setMetricProducer(producer);
  return () => withinTime(closeMsMax, reader.shutdown());
}

/** The exporter, with its failures told. What the SDK itself makes of them is only seen by who turns on its log. */
function telling(exporter: PushMetricExporter, onProblem: (problem: string) => void): PushMetricExporter {
  let hasFailed = false;
  return {
    export(metrics, done) {
      exporter.export(metrics, (result) => {
        const failed = result.error !== undefined;
        if (failed && !hasFailed)
          onProblem(`metrics could not be sent by OTLP: ${result.error?.message ?? ''}`);
        hasFailed = failed;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
