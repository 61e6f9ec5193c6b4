/** Where telemetry goes: a collector that takes OTLP over HTTP. */
import { z } from 'zod';

/** How settings write times; the assembled configuration brings it. */
export function otlpSettings(duration: z.ZodType<number>) {
  return z.strictObject({
    /** The collector, without a signal's path: `http://localhost:4318`. */
    endpoint: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL, such as http://localhost:4318' })
      .transform((url) => url.replace(/\/+$/, '')),
    /** Sent with each request, such as an authorization. */
    headers: z.record(z.string().min(1).max(128), z.string().max(4_096)).default({}),
    /** Spans of the tasks that this process enqueues and works on. */
    traces: z.boolean().default(true),
    /** What is measured, as metrics. */
    metrics: z.boolean().default(true),
    /** The time between two exports of metrics. */
    every: duration,
    /** `service.name` of what is sent. */
    service: z.string().min(1).max(255).default('sluice'),
  });
}

export type OtlpSettings = z.infer<ReturnType<typeof otlpSettings>>;

/** The `telemetry` section of the configuration. */
export function telemetrySettings(duration: z.ZodType<number>) {
  return z.strictObject({ otlp: otlpSettings(duration).optional() });
}

export type TelemetrySettings = z.infer<ReturnType<typeof telemetrySettings>>;
