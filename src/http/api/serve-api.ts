/** Serves the table of routes: who asks is known before a body is read, and every refusal is a problem. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Desk } from '../desk.js';
import { openApi } from './open-api.js';
import { inputPlaces, readInput, type InputPlaces } from './request-input.js';
import type { Route } from './route.js';
import { routeTable } from './route-table.js';

const bodyBytesDefault = 65_536;

/** A path as the router writes it. */
function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Aborted when the client goes away before it has its answer. */
function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}

function handlerOf(route: Route, desk: Desk) {
  // Worked out when the route is first used: a program that opens its HTTP side waits for none of it.
  let places: InputPlaces | undefined;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    places ??= inputPlaces(route);
    const { caller, parts } = desk.visitOf(request);
    const input = readInput(
      places,
      {
        path: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        body: request.body,
      },
      route.bodyField,
    );
    const { identity } = caller;
    const services = { ...parts.services, actor: { identity, source: `HTTP from ${identity.source}` } };
    const call = { caller, services, tasks: () => parts.tasks(), signal: signalOf(reply) };
    const answer = await route.serve(call, input);
    return answer === null || answer === undefined ? reply.code(204).send() : reply.send(answer);
  };
}

/** Adds the routes, and their document, which anyone may read. */
export function serveApi(app: FastifyInstance, desk: Desk, version: string): void {
  for (const route of routeTable) {
    app.route({
      method: route.method,
      url: urlOf(route.path),
      bodyLimit: route.bodyBytesMax ?? bodyBytesDefault,
      onRequest: (request, reply) => desk.admit(request, reply),
      handler: handlerOf(route, desk),
    });
  }
  let document: string | undefined;
  app.get('/v1/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApi(routeTable, version));
    return reply.type('application/json; charset=utf-8').send(document);
  });
}
