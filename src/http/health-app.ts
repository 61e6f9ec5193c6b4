/**
 * The HTTP interface's routes. For now two: `/healthz` says that the process answers, `/readyz` that it serves.
 * Every answer is JSON with headers that let a browser do nothing with it.
 */
import { fastify, type FastifyInstance } from 'fastify';

/** Whether the server can take work now. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** What the routes ask of the server. */
export interface HealthSource {
  readiness(): Readiness;
  /** Told of errors that are bugs. */
  failed(error: unknown): void;
}

const bodyBytesMax = 16_384;

const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Makes the application; it does not listen. */
export async function healthApp(source: HealthSource): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: bodyBytesMax, forceCloseConnections: true });
  app.addHook('onRequest', (_request, reply, done) => {
    // Not awaited: a reply is thenable, and resolves only once it was sent.
    void reply.headers(securityHeaders);
    done();
  });
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const readiness = source.readiness();
    if (readiness.ready) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reason: readiness.reason });
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ error: 'not found' }));
  app.setErrorHandler(async (error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) source.failed(error);
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : 'bad request' });
  });
  await app.ready();
  return app;
}
