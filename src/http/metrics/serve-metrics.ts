/**
 * `/metrics`. Without a sign-in only where the settings say so (from this machine, unless changed); else for users who
 * may monitor the server, as it shows every virtual host.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../../access/index.js';
import { refuse, type Desk } from '../desk.js';
import { problem, problemOf } from '../problem.js';
import type { ApiParts, HttpSource } from '../source.js';
import { metricContentTypes, metricFormat, type MetricFormat } from './metric-text.js';
import { journalText, ProcessMetrics, statusText } from './process-metrics.js';
import { perQueueText, VhostTotals } from './queue-metrics.js';

/** Adds the route. */
export function serveMetrics(app: FastifyInstance, desk: Desk, source: HttpSource): void {
  const process = new ProcessMetrics();
  const totals = new VhostTotals();
  app.addHook('onClose', (_instance, done) => {
    process.stop();
    done();
  });

  async function* text(parts: ApiParts, format: MetricFormat, isPerQueue: boolean): AsyncGenerator<string> {
    const { broker, server, connections } = parts.services;
    const { administration, journal } = broker;
    yield* isPerQueue ? perQueueText(administration, format) : totals.text(administration, format);
    yield journalText(journal.stats(), format);
    yield statusText(await server.status(), connections.list().length, format);
    yield await process.text(format);
    if (format === 'openmetrics') yield '# EOF\n';
  }

  app.get(
    '/metrics',
    { onRequest: (request, reply) => admit(desk, source, request, reply) },
    async (request, reply) => {
      const parts = await source.parts();
      if (parts === undefined) return refuse(request, reply, problem('not-ready', undefined, true));
      const { per } = request.query as { per?: unknown };
      if (per !== undefined && per !== 'queue') {
        return refuse(
          request,
          reply,
          problem('bad-input', 'per: queue, or left out for sums by virtual host'),
        );
      }
      const format = metricFormat(request.headers.accept);
      return reply.type(metricContentTypes[format]).send(Readable.from(text(parts, format, per === 'queue')));
    },
  );
}

async function admit(
  desk: Desk,
  { settings }: HttpSource,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { openMetrics } = settings;
  if (openMetrics === 'everyone') return undefined;
  if (openMetrics === 'loopback' && isLoopback(request.socket.remoteAddress)) return undefined;
  const answered = await desk.admit(request, reply);
  if (answered !== undefined) return answered;
  try {
    desk.visitOf(request).caller.requireTag('monitor');
    return undefined;
  } catch (error) {
    return refuse(request, reply, problemOf(error));
  }
}
