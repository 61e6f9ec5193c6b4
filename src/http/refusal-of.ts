/** What anything thrown by a route, or by HTTP itself, makes of a request. */
import type { FastifyError } from 'fastify';
import { problem, problemOf, type Problem } from './problem.js';

/** What HTTP itself refused has a status of its own; of a bug nothing is told. */
export function refusalOf(error: FastifyError): Problem {
  switch (error.statusCode) {
    case undefined:
      return problemOf(error);
    case 413:
      return problem('too-large');
    case 415:
      return problem('unsupported-media-type');
    default:
      return error.statusCode < 500 ? problem('bad-input', 'the body is not JSON') : problem('internal');
  }
}
