/**
 * Where the spans of tasks go: to the SDK that the program has registered, or by OTLP to a collector. Invariant: nothing
 * of OpenTelemetry is loaded where neither is there.
 */
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TaskTracing } from '../tasks/index.js';
import { TaskSpans } from './task-spans.js';
import type { OtlpSettings } from './telemetry-settings.js';
import { withinTime } from './within-time.js';

const closeMsMax = 3_000;

/** `isRegistered`: the program has a tracer provider of its own. Undefined: nobody listens. */
export async function openTracing(
  otlp: OtlpSettings | undefined,
  isRegistered: boolean,
): Promise<TaskTracing | undefined> {
  if (isRegistered) return spansOf(() => Promise.resolve());
  return otlp?.traces === true ? spansOf(await registerOwn(otlp)) : undefined;
}

async function spansOf(close: () => Promise<void>): Promise<TaskTracing> {
  const api = await import('@opentelemetry/api');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const { context, trace, ROOT_CONTEXT: rootContext, SpanKind, SpanStatusCode } = api;
  return new TaskSpans({
    ...{ context, trace, rootContext, close },
    producer: SpanKind.PRODUCER,
    consumer: SpanKind.CONSUMER,
    errorStatus: SpanStatusCode.ERROR,
    propagator: new W3CTraceContextPropagator(),
    tracer: trace.getTracer('sluice'),
  });
}

/** Registers an SDK for the whole program, whose other instrumentation then joins the same traces. */
async function registerOwn(otlp: OtlpSettings): Promise<() => Promise<void>> {
  const [api, { W3CTraceContextPropagator }, { AsyncLocalStorageContextManager }, sdk] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/sdk-trace-base'),
  ]);
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const exporter = new OTLPTraceExporter({
    url: `${otlp.endpoint}/v1/traces`,
    headers: { ...otlp.headers },
  });
  // Its queue is bounded: what a collector that is away cannot take is dropped, oldest kept.
  const processor: SpanProcessor = new sdk.BatchSpanProcessor(exporter);
  const provider = new sdk.BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': otlp.service }),
    spanProcessors: [processor],
  });
  const contexts = new AsyncLocalStorageContextManager();
  contexts.enable();
  api.context.setGlobalContextManager(contexts);
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  api.trace.setGlobalTracerProvider(provider);
  return async () => {
    await withinTime(closeMsMax, provider.shutdown());
    for (const each of [api.trace, api.propagation, api.context]) each.disable();
  };
}
