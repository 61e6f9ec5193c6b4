/** Serves the table of routes: who asks is known before a body is read, and every refusal is a problem. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Desk } from '../desk.js';
import { bookOf } from '../words/book.js';
import { languageOf, sayAnswer } from '../words/reader.js';
import { openApi } from './open-api.js';
import { inputPlaces, readInput, type InputPlaces } from './request-input.js';
import { TextAnswer, type Route } from './route.js';
import { routeTable } from './route-table.js';

const bodyBytesDefault = 65_536;

/** A path as the router writes it. */
function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
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
    const { analyst } = desk;
    const book = bookOf(languageOf(request));
    const call = {
      ...{ caller, services, analyst, tasks: () => parts.tasks(), signal: desk.signalOf(reply) },
      ...(book === undefined ? {} : { say: (text: string) => book.say(text) }),
    };
    const answer = await route.serve(call, input);
    if (answer instanceof TextAnswer) return reply.type(answer.mediaType).send(answer.text);
    if (answer === null || answer === undefined) return reply.code(204).send();
    // A document that is written while it is sent.
    if (answer instanceof Readable) void reply.type('application/json; charset=utf-8');
    return reply.send(sayAnswer(request, reply, answer, route.texts));
  };
}

/** Adds the routes, and their document, which anyone may read. */
export function serveApi(app: FastifyInstance, desk: Desk, version: string): void {
  app.addHook('onClose', () => desk.analyst.close());
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
