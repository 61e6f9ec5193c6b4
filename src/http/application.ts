/**
 * The whole HTTP application, the same for a server and for a program: health, the API, events, metrics, the console.
 * Invariant: every answer has headers that let a browser do nothing with it but what its route says.
 */
import {
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { serveApi } from './api/serve-api.js';
import { Desk, refuse } from './desk.js';
import { serveConsole } from './serve-console.js';
import { serveEvents } from './events/serve-events.js';
import { serveMetrics } from './metrics/serve-metrics.js';
import { problem } from './problem.js';
import { serveSession } from './session/serve-session.js';
import { serveRabbitmq } from './rabbitmq/serve-rabbitmq.js';
import { refusalOf } from './refusal-of.js';
import { guard } from './request-guard.js';
import type { HttpSource } from './source.js';
import { takeJson } from './take-json.js';

const bodyBytesMax = 16_384;
/** A name of 255 bytes, every one of them percent-encoded. */
const pathPartLengthMax = 1_024;

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Makes the application; it does not listen. */
export async function application(source: HttpSource): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: pathPartLengthMax },
    frameworkErrors: (_error, request, reply) => {
      void refuse(request, reply.headers(securityHeaders), problem('bad-input', 'the path is malformed'));
    },
  });
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(securityHeaders);
    const refusal = guard(request.raw, source.settings.names);
    return refusal === undefined ? undefined : refuse(request, reply, refusal);
  });
  takeJson(app, 'application/json');
  serveHealth(app, source);
  const desk = new Desk(source);
  serveApi(app, desk, source.version);
  serveSession(app, source);
  serveRabbitmq(app, desk, source);
  serveEvents(app, desk, source);
  serveMetrics(app, desk, source);
  serveConsole(app);
  app.setNotFoundHandler(async (request, reply) => refuse(request, reply, problem('not-found')));
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(source, error, request, reply));
  await app.ready();
  return app;
}

function serveHealth(app: FastifyInstance, source: HttpSource): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const readiness = source.readiness();
    if (readiness.ready) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reason: readiness.reason });
  });
}

/** Of a bug the program is told, and the client nothing. */
function answerError(
  source: HttpSource,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal.status === 500) source.failed(error);
  return refuse(request, reply, refusal);
}
