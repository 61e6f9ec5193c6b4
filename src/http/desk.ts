/**
 * Lets requests in: finds out who asks, and what they ask it of. Invariant: a request that was let in has a caller and
 * the parts it works on; one that was not has been answered.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../kernel/index.js';
import { Caller } from './caller.js';
import { problem, problemMediaType, type Problem } from './problem.js';
import { signIn } from './sign-in.js';
import type { ApiParts, HttpSource } from './source.js';

/** A request that was let in. */
export interface Visit {
  readonly caller: Caller;
  readonly parts: ApiParts;
}

/** Answers with a problem. A page that asks by itself wants no dialogue of the browser. */
export function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Problem): FastifyReply {
  if (refusal.status === 401) {
    const scheme = request.headers['x-requested-with'] === undefined ? 'Basic' : 'Page';
    void reply.header('www-authenticate', `${scheme} realm="Sluice", charset="UTF-8"`);
  }
  if (refusal.retryable) void reply.header('retry-after', '1');
  return reply.code(refusal.status).type(problemMediaType).send(JSON.stringify(refusal));
}

export class Desk {
  readonly #source: HttpSource;
  readonly #visits = new WeakMap<FastifyRequest, Visit>();

  constructor(source: HttpSource) {
    this.#source = source;
  }

  /** Signs the caller in, or answers why not. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parts = await this.#source.parts();
    if (parts === undefined) return refuse(request, reply, notReady(this.#source));
    const { access } = parts.services;
    const { authorization } = request.headers;
    const signedIn = await signIn(access, this.#source.clock, authorization, request.socket.remoteAddress);
    if (signedIn.kind === 'out') return refuse(request, reply, signedIn.problem);
    this.#visits.set(request, { caller: new Caller(access, signedIn.identity), parts });
    return undefined;
  }

  /** Of a request that was let in. */
  visitOf(request: FastifyRequest): Visit {
    const visit = this.#visits.get(request);
    assert(visit !== undefined, 'the request was let in');
    return visit;
  }
}

function notReady(source: HttpSource): Problem {
  const readiness = source.readiness();
  return problem('not-ready', readiness.ready ? 'stopping' : readiness.reason, true);
}
