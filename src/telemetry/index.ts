/** OpenTelemetry: spans of tasks, and what is measured as metrics. It loads nothing of it where nobody asks. */
export { startMetricsExport, type MetricsExportOptions } from './metrics-export.js';
export {
  otlpSettings,
  telemetrySettings,
  type OtlpSettings,
  type TelemetrySettings,
} from './telemetry-settings.js';
export { openTracing } from './tracing.js';
