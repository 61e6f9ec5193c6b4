/**
 * Spans of tasks, by the semantic conventions for messaging (OpenTelemetry 1.45): `send QUEUE` from the enqueue to its
 * confirmation, `process QUEUE` for each attempt to its durable end, as its child. The context travels in the headers of
 * the message (W3C Trace Context), where any client may set or read it.
 */
import type {
  Attributes,
  Context,
  ContextAPI,
  Link,
  Span,
  SpanKind,
  SpanStatusCode,
  TextMapPropagator,
  TraceAPI,
  Tracer,
} from '@opentelemetry/api';
import {
  headerNames,
  isEnvelope,
  type Delivery,
  type EngineMessage,
  type HeaderTable,
  type SendTo,
} from '../engines/index.js';
import { messageOf, SluiceError } from '../kernel/index.js';
import type { AttemptResult, AttemptTrace, TaskTracing } from '../tasks/index.js';

/** What of the API is used, so that nothing of it is loaded where nobody traces. */
export interface TraceParts {
  readonly context: ContextAPI;
  readonly trace: TraceAPI;
  readonly rootContext: Context;
  readonly producer: SpanKind.PRODUCER;
  readonly consumer: SpanKind.CONSUMER;
  readonly errorStatus: SpanStatusCode.ERROR;
  readonly propagator: TextMapPropagator<Record<string, string>>;
  readonly tracer: Tracer;
  /** Sends what is not sent yet. */
  readonly close: () => Promise<void>;
}

/** Headers of W3C Trace Context. */
const contextHeaders = ['traceparent', 'tracestate'] as const;
/** A tracestate has at most 512 bytes (W3C Trace Context, section 3.3.1.5). */
const contextHeaderBytesMax = 512;

export class TaskSpans implements TaskTracing {
  readonly #parts: TraceParts;

  constructor(parts: TraceParts) {
    this.#parts = parts;
  }

  async sending<Sent>(
    queue: string,
    messages: readonly EngineMessage[],
    send: (traced: readonly EngineMessage[]) => Promise<Sent>,
  ): Promise<Sent> {
    const { context, trace, tracer, producer } = this.#parts;
    const attributes = {
      ...destination(queue, 'send'),
      ...(messages.length === 1
        ? messageAttributes(messages[0]!)
        : { 'messaging.batch.message_count': messages.length }),
    };
    const parent = context.active();
    const span = tracer.startSpan(`send ${queue}`, { kind: producer, attributes }, parent);
    const carrier = this.#carrierOf(trace.setSpan(parent, span));
    try {
      return await send(messages.map((message) => carrying(message, carrier)));
    } catch (error) {
      this.#fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  close(): Promise<void> {
    return this.#parts.close();
  }

  processing(task: string, delivery: Delivery): AttemptTrace {
    const { trace, tracer, consumer, rootContext, propagator } = this.#parts;
    const parent = propagator.extract(rootContext, contextIn(delivery.headers), {
      get: (carrier, name) => carrier[name],
      keys: (carrier) => Object.keys(carrier),
    });
    const creation = trace.getSpanContext(parent);
    // Conventions ask for a link to where the message was made; the parent tells the same to who follows no links.
    const links: Link[] = creation === undefined ? [] : [{ context: creation }];
    const { queue } = delivery;
    const attributes = { ...destination(queue, 'process'), ...deliveryAttributes(task, delivery) };
    const span = tracer.startSpan(`process ${queue}`, { kind: consumer, attributes, links }, parent);
    return this.#attempt(span, trace.setSpan(parent, span));
  }

  #attempt(span: Span, within: Context): AttemptTrace {
    const { context } = this.#parts;
    let carrier: Readonly<Record<string, string>> | undefined;
    const carried = (): Readonly<Record<string, string>> => (carrier ??= this.#carrierOf(within));
    return {
      run: (work) => context.with(within, work),
      carry: (message) => carryingAlong(message, carried()),
      get carrier() {
        return carried();
      },
      end: (result) => {
        span.setAttribute('sluice.task.outcome', result.kind);
        this.#tellEnd(span, result);
        span.end();
      },
    };
  }

  #tellEnd(span: Span, result: AttemptResult): void {
    switch (result.kind) {
      case 'failed':
        this.#fail(span, result.error);
        break;
      case 'retried':
        span.setAttribute('sluice.task.retry_after_ms', result.afterMs);
        this.#fail(span, result.error);
        break;
      case 'missed':
      case 'lost':
        span.setAttribute('error.type', result.kind);
        span.setStatus({ code: this.#parts.errorStatus, message: result.kind });
        break;
      case 'completed':
      case 'cancelled':
      case 'released':
    }
  }

  #fail(span: Span, error: unknown): void {
    const message = messageOf(error);
    span.setAttribute('error.type', typeOf(error));
    span.recordException(error instanceof Error ? error : message);
    span.setStatus({ code: this.#parts.errorStatus, message });
  }

  #carrierOf(within: Context): Record<string, string> {
    const carrier: Record<string, string> = {};
    this.#parts.propagator.inject(within, carrier, {
      set: (into, name, value) => {
        into[name] = value;
      },
    });
    return carrier;
  }
}

/** A message that says by itself to which trace it belongs is left as it is. */
function carrying(message: EngineMessage, carrier: Readonly<Record<string, string>>): EngineMessage {
  if (message.headers?.[contextHeaders[0]] !== undefined) return message;
  return { ...message, headers: { ...message.headers, ...carrier } };
}

/** As `carrying`, for what a handler sends. */
function carryingAlong(
  message: SendTo['message'],
  carrier: Readonly<Record<string, string>>,
): SendTo['message'] {
  if (!isEnvelope(message)) return { body: message, headers: carrier };
  if (message.headers?.[contextHeaders[0]] !== undefined) return message;
  return { ...message, headers: { ...message.headers, ...carrier } };
}

/** What another client's headers hold; what is no text, or too long, is not looked at. */
function contextIn(headers: HeaderTable): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of contextHeaders) {
    const value = headers[name];
    if (typeof value === 'string' && value.length <= contextHeaderBytesMax) found[name] = value;
  }
  return found;
}

function destination(queue: string, operation: 'send' | 'process'): Attributes {
  return {
    'messaging.system': 'sluice',
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
  };
}

function messageAttributes({ messageId, type, body, deadlineMs, key, delayMs }: EngineMessage): Attributes {
  return {
    'messaging.message.body.size': body.length,
    ...(messageId === undefined ? {} : { 'messaging.message.id': messageId }),
    ...(type === undefined ? {} : { 'sluice.task.name': type }),
    ...(key === undefined ? {} : { 'sluice.task.key': key }),
    ...(deadlineMs === undefined ? {} : { 'sluice.task.deadline': new Date(deadlineMs).toISOString() }),
    ...(delayMs === undefined ? {} : { 'sluice.task.delay_ms': delayMs }),
  };
}

function deliveryAttributes(task: string, delivery: Delivery): Attributes {
  const { messageId, attempt, deadline, key } = delivery;
  const failure = delivery.header(headerNames.failureReason);
  return {
    'sluice.task.name': task,
    'sluice.task.attempt': attempt,
    ...(messageId === undefined ? {} : { 'messaging.message.id': messageId }),
    ...(key === undefined ? {} : { 'sluice.task.key': key }),
    ...(deadline === undefined ? {} : { 'sluice.task.deadline': deadline.toISOString() }),
    ...(typeof failure === 'string' ? { 'sluice.task.failed_before': failure } : {}),
  };
}

function typeOf(error: unknown): string {
  if (error instanceof SluiceError) return error.code;
  return error instanceof Error ? error.name : '_OTHER';
}
