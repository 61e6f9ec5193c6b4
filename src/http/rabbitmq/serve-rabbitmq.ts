/**
 * Serves RabbitMQ's management API below `/api`. Invariants: who asks is known before a body is read, by a password and
 * never by a session, as RabbitMQ has none; and what is refused is refused in RabbitMQ's shape.
 */
import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Desk } from '../desk.js';
import { problem, problemOf, type Problem } from '../problem.js';
import { refusalOf } from '../refusal-of.js';
import type { HttpSource } from '../source.js';
import { takeJson } from '../take-json.js';
import { Rates } from './rates.js';
import { Visit, type RabbitAnswer, type RabbitRoute } from './rabbit-route.js';
import { rabbitRoutes } from './rabbit-routes.js';
import { refuseAsRabbit, WordedRefusal } from './refusal.js';

const bodyBytesDefault = 65_536;
const prefix = '/api';
const methods = ['GET', 'PUT', 'POST', 'DELETE'] as const;

/** Adds the routes. */
export function serveRabbitmq(app: FastifyInstance, desk: Desk, source: HttpSource): void {
  const rates = new Rates(source.clock);
  app.addHook('onClose', (_instance, closed) => {
    rates.stop();
    closed();
  });
  void app.register(
    (scope, _options, ready) => {
      // RabbitMQ takes a body for JSON whatever its type; what browsers of other sites could send never comes here.
      takeJson(scope, '*');
      for (const route of rabbitRoutes) {
        // Some clients end every list with a slash.
        serveRoute(scope, desk, source, rates, route, urlOf(route.path));
        serveRoute(scope, desk, source, rates, route, `${urlOf(route.path)}/`);
      }
      for (const [path, known] of methodsByPath()) refuseOthers(scope, path, known);
      scope.get('/auth', () => ({ enable_uaa: false, uaa_client_id: '', uaa_location: '' }));
      scope.setNotFoundHandler((request, reply) => refuseAsRabbit(request, reply, problem('not-found')));
      scope.setErrorHandler((error: FastifyError, request, reply) =>
        answerError(source, error, request, reply),
      );
      ready();
    },
    { prefix },
  );
}

function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const { path, method } of rabbitRoutes) {
    const url = urlOf(path);
    known.set(url, (known.get(url) ?? new Set()).add(method));
  }
  return known;
}

/** 405, with the methods that there are. */
function refuseOthers(scope: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const others = methods.filter((method) => !known.has(method));
  if (others.length === 0) return;
  const allow = [...(known.has('GET') ? ['HEAD'] : []), ...known].join(', ');
  scope.route({
    method: others,
    url,
    exposeHeadRoute: false,
    handler: (_request, reply) => reply.code(405).header('allow', allow).send(),
  });
}

function serveRoute(
  scope: FastifyInstance,
  desk: Desk,
  source: HttpSource,
  rates: Rates,
  route: RabbitRoute,
  url: string,
): void {
  scope.route({
    method: route.method,
    url,
    bodyLimit: route.bodyBytesMax ?? bodyBytesDefault,
    onRequest: (request, reply) => desk.admitByPassword(request, reply, refuseAsRabbit),
    handler: async (request, reply) => {
      const { parts, caller } = desk.visitOf(request);
      const { identity } = caller;
      const visit = new Visit(
        {
          call: {
            caller,
            services: { ...parts.services, actor: { identity, source: `HTTP from ${identity.source}` } },
            tasks: () => parts.tasks(),
            analyst: desk.analyst,
            signal: desk.signalOf(reply),
          },
          parts,
          source,
          rates,
        },
        {
          path: request.params as Record<string, string>,
          query: request.query as Record<string, unknown>,
          headers: request.headers,
          body: request.body,
        },
      );
      route.allow(visit);
      return send(reply, await route.run(visit));
    },
  });
}

function send(reply: FastifyReply, answer: RabbitAnswer): FastifyReply {
  switch (answer.kind) {
    case 'json':
      return reply
        .code(answer.status ?? 200)
        .type('application/json')
        .send(JSON.stringify(answer.value));
    case 'stream':
      return reply.type('application/json').send(Readable.from(answer.json, { objectMode: false }));
    case 'created':
      if (answer.location !== undefined) void reply.header('location', answer.location);
      return reply.code(201).send();
    case 'done':
      return reply.code(204).send();
  }
}

function answerError(
  source: HttpSource,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof WordedRefusal) return refuseAsRabbit(request, reply, problemOf(error), error.error);
  const refusal = inRabbitWords(refusalOf(error), error);
  if (refusal.status === 500) source.failed(error);
  return refuseAsRabbit(request, reply, refusal);
}

/** A body that is not JSON has a reason that clients know. */
function inRabbitWords(refusal: Problem, error: FastifyError): Problem {
  const isBody = error.statusCode === 400 && refusal.code === 'bad-input';
  return isBody ? { ...refusal, detail: 'not_json' } : refusal;
}
