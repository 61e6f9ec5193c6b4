/**
 * `/metrics`. Without a sign-in only where the settings say so (from this machine, unless changed); else for users who
 * may monitor the server, as it shows every virtual host.
 */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../../access/index.js';
import { exposition, metricContentTypes, metricFormat, summedKinds } from '../../monitor/index.js';
import { refuse, type Desk } from '../desk.js';
import { problem, problemOf } from '../problem.js';
import type { HttpSource } from '../source.js';

const whatItTakes = `per: ${summedKinds.join(', ')}, several with commas, or left out for sums; buckets: yes or no`;

/** Adds the route. */
export function serveMetrics(app: FastifyInstance, desk: Desk, source: HttpSource): void {
  app.get(
    '/metrics',
    { onRequest: (request, reply) => admit(desk, source, request, reply) },
    async (request, reply) => {
      const monitor = (await source.parts())?.services.monitor;
      if (monitor === undefined) return refuse(request, reply, problem('not-ready', undefined, true));
      const { per, buckets = 'no' } = request.query as { per?: unknown; buckets?: unknown };
      const perObject = kindsIn(per);
      if (perObject === undefined || (buckets !== 'yes' && buckets !== 'no'))
        return refuse(request, reply, problem('bad-input', whatItTakes));
      await monitor.refresh();
      const format = metricFormat(request.headers.accept);
      return reply
        .type(metricContentTypes[format])
        .send(Readable.from(exposition(monitor, { format, perObject, buckets: buckets === 'yes' })));
    },
  );
}

/** The kinds of which each object is asked for; undefined: not all of them are kinds that are added up. */
function kindsIn(per: unknown): ReadonlySet<string> | undefined {
  if (per === undefined) return new Set();
  const kinds = typeof per === 'string' ? per.split(',') : [];
  return kinds.length > 0 && kinds.every((kind) => summedKinds.includes(kind)) ? new Set(kinds) : undefined;
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
