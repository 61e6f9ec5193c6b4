/**
 * Refusals as RabbitMQ's management API words them: a status, an error and a reason. Invariant: what is a bug, or tells
 * of the machine inside, leaves without its reason, as everywhere in HTTP.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError, type ErrorCode } from '../../kernel/index.js';
import type { HttpCode, Problem } from '../problem.js';

/** The body of an answer that refuses. */
interface Refusal {
  readonly status: number;
  readonly error: string;
  /** Undefined: the problem's own words. */
  readonly reason?: string;
}

const badRequest: Refusal = { status: 400, error: 'bad_request' };
const notAuthorised: Refusal = { status: 401, error: 'not_authorised' };
const unavailable: Refusal = { status: 503, error: 'service_unavailable' };
const broken: Refusal = { status: 500, error: 'internal_error', reason: 'Internal Server Error' };

/** Status and error of each code; the compiler checks that none is forgotten. */
const refusals: Readonly<Record<ErrorCode | HttpCode, Refusal>> = {
  'access-refused': notAuthorised,
  'already-exists': badRequest,
  'bad-input': badRequest,
  closed: unavailable,
  'config-invalid': badRequest,
  'connection-failed': badRequest,
  'cross-site': { status: 403, error: 'forbidden' },
  'deadline-missed': badRequest,
  'directory-owned': badRequest,
  'disk-failed': broken,
  'disk-full': { status: 507, error: 'disk_full' },
  'durability-lost': broken,
  exclusive: badRequest,
  'format-newer': broken,
  'in-use': badRequest,
  internal: broken,
  'journal-damaged': broken,
  'limit-reached': badRequest,
  misdirected: { status: 421, error: 'misdirected' },
  'not-empty': badRequest,
  'not-found': { status: 404, error: 'Object Not Found', reason: 'Not Found' },
  'not-implemented': badRequest,
  'not-ready': unavailable,
  'port-taken': badRequest,
  'precondition-failed': badRequest,
  protocol: badRequest,
  refused: unavailable,
  'signed-out': { status: 401, error: 'not_authorized', reason: 'Login failed' },
  'task-cancelled': badRequest,
  'task-failed': badRequest,
  throttled: { status: 429, error: 'too_many_requests' },
  timeout: { status: 504, error: 'timeout' },
  'too-large': { status: 413, error: 'request_entity_too_large' },
  unsupported: badRequest,
  'unsupported-media-type': { status: 415, error: 'unsupported_media_type' },
};

/** A refusal with an error of RabbitMQ's own, where its clients tell it from others of the same status. */
export class WordedRefusal extends SluiceError {
  readonly error: string;

  constructor(code: ErrorCode, error: string, reason: string) {
    super(code, reason);
    this.error = error;
  }
}

/** The body of a refusal. */
export function refusalBody(problem: Problem, error?: string): { status: number; body: string } {
  const { status, error: usual, reason } = refusals[problem.code];
  const words =
    error === undefined ? (reason ?? problem.detail ?? problem.title) : (problem.detail ?? problem.title);
  return { status, body: JSON.stringify({ error: error ?? usual, reason: words }) };
}

/** Answers with a refusal. A page that asks by itself wants no dialogue of the browser. */
export function refuseAsRabbit(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  error?: string,
): FastifyReply {
  const { status, body } = refusalBody(problem, error);
  if (problem.code === 'signed-out') {
    const scheme = request.headers['x-requested-with'] === undefined ? 'Basic' : 'Page';
    void reply.header('www-authenticate', `${scheme} realm="Sluice", charset="UTF-8"`);
  }
  if (problem.retryable) void reply.header('retry-after', '1');
  return reply.code(status).type('application/json').send(body);
}
