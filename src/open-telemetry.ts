/**
 * Brings OpenTelemetry to a program that opens an engine. Invariant: nothing of it is loaded where the program has
 * registered no SDK and names no collector.
 */
import { millisecondsOf, type Duration } from './engines/index.js';
import { SluiceError } from './kernel/index.js';
import type { TaskTracing } from './tasks/index.js';
import type { OtlpSettings } from './telemetry/index.js';

export interface TelemetryOptions {
  readonly otlp?: {
    /** The collector, without a signal's path: `http://localhost:4318`. */
    readonly endpoint: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Spans of the tasks that this program enqueues and works on; true unless said otherwise. */
    readonly traces?: boolean;
    /** For an engine on a directory: what is measured, while this program owns it; true unless said otherwise. */
    readonly metrics?: boolean;
    /** The time between two exports of metrics; 10 s unless said otherwise. */
    readonly every?: Duration;
    /** `service.name`; `sluice` unless said otherwise. */
    readonly service?: string;
  };
}

export interface OpenedTelemetry {
  readonly tracing: TaskTracing | undefined;
  readonly otlp: OtlpSettings | undefined;
}

/** The place of what a program registers with OpenTelemetry's API; the same in every copy of it from 1.0 on. */
const registered = Symbol.for('opentelemetry.js.api.1');
const everyMsDefault = 10_000;

/** Throws `bad-input` for options that make no sense. A provider that is registered later is not seen. */
export async function openTelemetry(options: TelemetryOptions | undefined): Promise<OpenedTelemetry> {
  const { trace } = ((globalThis as Record<symbol, unknown>)[registered] ?? {}) as {
    readonly trace?: unknown;
  };
  if (options?.otlp === undefined && trace === undefined) return { tracing: undefined, otlp: undefined };
  const { openTracing, otlpSettings } = await import('./telemetry/index.js');
  const otlp = options?.otlp === undefined ? undefined : await settingsOf(otlpSettings, options.otlp);
  return { tracing: await openTracing(otlp, trace !== undefined), otlp };
}

async function settingsOf(
  schema: (typeof import('./telemetry/index.js'))['otlpSettings'],
  { every = everyMsDefault, ...given }: NonNullable<TelemetryOptions['otlp']>,
): Promise<OtlpSettings> {
  const { z } = await import('zod');
  const everyMs = millisecondsOf(every, 'telemetry.otlp.every');
  const parsed = schema(z.number().min(100)).safeParse({ ...given, every: everyMs });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${['telemetry.otlp', ...path].join('.')}: ${message}`,
  );
  throw new SluiceError('bad-input', problems.join('; '));
}
