/** A double of OpenTelemetry's collector: takes OTLP/HTTP in JSON, and keeps what came. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span, as OTLP's JSON has it. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code: number; readonly message?: string };
  readonly links: readonly { readonly spanId: string }[];
  readonly attributes: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

/** A metric, as OTLP's JSON has it. */
export interface CollectedMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly CollectedPoint[] };
  readonly gauge?: { readonly dataPoints: readonly CollectedPoint[] };
  readonly histogram?: { readonly dataPoints: readonly CollectedPoint[] };
}

export interface CollectedPoint {
  readonly asDouble?: number;
  readonly count?: number;
  readonly attributes: CollectedSpan['attributes'];
}

export class Collector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** Of the newest export. */
  metrics: readonly CollectedMetric[] = [];
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server = createServer((request, response) => {
    void this.#take(request).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  #waiting: (() => void)[] = [];

  static async start(): Promise<Collector> {
    const collector = new Collector();
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves with what `find` gives once it gives something. The test's own time limit ends a wait in vain. */
  async until<Found>(find: (collector: this) => Found | undefined): Promise<Found> {
    for (;;) {
      const found = find(this);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  span(name: string): CollectedSpan | undefined {
    return this.spans.find((span) => span.name === name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const given = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      readonly resourceSpans?: readonly { scopeSpans: readonly { spans: readonly CollectedSpan[] }[] }[];
      readonly resourceMetrics?: readonly {
        scopeMetrics: readonly { metrics: readonly CollectedMetric[] }[];
      }[];
    };
    this.requests.push({ path: request.url ?? '', headers: request.headers });
    const scopes = given.resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans) ?? [];
    this.spans.push(...scopes.flatMap(({ spans }) => spans));
    const measured = given.resourceMetrics?.flatMap(({ scopeMetrics }) => scopeMetrics) ?? [];
    if (measured.length > 0) this.metrics = measured.flatMap(({ metrics }) => metrics);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** An attribute's value, whatever its type. */
export function attribute({ attributes }: Pick<CollectedSpan, 'attributes'>, key: string): unknown {
  const found = attributes.find((each) => each.key === key);
  return found === undefined ? undefined : Object.values(found.value)[0];
}
