/** The handler of a thread with a tracer's context of its own: tells which trace it runs in. */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

export default async function run() {
  await new Promise(setImmediate);
  return trace.getSpanContext(context.active())?.traceId ?? 'none';
}
