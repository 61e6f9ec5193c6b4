/** Which bodies an HTTP side reads: JSON alone, sent under one content type or under any. */
import type { FastifyInstance } from 'fastify';

/** Reads bodies of `contentType` as JSON and no others. An empty one is none: many clients name the type of no body. */
export function takeJson(scope: FastifyInstance, contentType: 'application/json' | '*'): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(contentType, { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body, done);
  });
}
