/**
 * Lets requests in: finds out who asks, and what they ask it of. Invariant: a request that was let in has a caller and
 * the parts it works on; one that was not has been answered.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../kernel/index.js';
import { Analyst } from './analysis/analyst.js';
import { Caller } from './caller.js';
import { problem, problemMediaType, type Problem } from './problem.js';
import type { Session } from './session/session-book.js';
import { hasSessionCookie } from './session/session-cookie.js';
import { sessionOf } from './session/session-gate.js';
import { basicCredentials, signIn } from './sign-in.js';
import type { ApiParts, HttpSource } from './source.js';
import { sayProblem } from './words/reader.js';

/** A request that was let in. */
export interface Visit {
  readonly caller: Caller;
  /** Undefined: it came with a password. */
  readonly session: Session | undefined;
  readonly parts: ApiParts;
}

/** Answers with a problem. A page that asks by itself, or has a session, wants no dialogue of the browser. */
export function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Problem): FastifyReply {
  if (refusal.status === 401) {
    const isPage = request.headers['x-requested-with'] !== undefined || hasSessionCookie(request);
    const scheme = isPage ? 'Page' : 'Basic';
    void reply.header('www-authenticate', `${scheme} realm="Sluice", charset="UTF-8"`);
  }
  if (refusal.retryable) void reply.header('retry-after', '1');
  return reply
    .code(refusal.status)
    .type(problemMediaType)
    .send(JSON.stringify(sayProblem(request, reply, refusal)));
}

export class Desk {
  /** Analyses for all who ask here. */
  readonly analyst: Analyst;
  readonly #source: HttpSource;
  readonly #visits = new WeakMap<FastifyRequest, Visit>();

  constructor(source: HttpSource) {
    this.#source = source;
    this.analyst = new Analyst(source.clock);
  }

  /** Lets a caller in by a session or a password, or answers why not. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const parts = await this.#source.parts();
    if (parts === undefined) return refuse(request, reply, notReady(this.#source));
    const { sessions } = this.#source;
    const presented = sessionOf(sessions, request);
    switch (presented.kind) {
      case 'absent':
        return this.#byPassword(request, reply, parts, refuse);
      case 'out':
        return refuse(request, reply, presented.problem);
      case 'in': {
        const { session } = presented;
        sessions.use(session);
        const caller = new Caller(parts.services.access, session.identity, session.id);
        this.#visits.set(request, { caller, session, parts });
        return undefined;
      }
    }
  }

  /** Lets a caller in by a password alone, or answers why not, by `answer`. */
  async admitByPassword(request: FastifyRequest, reply: FastifyReply, answer = refuse): Promise<unknown> {
    const parts = await this.#source.parts();
    if (parts === undefined) return answer(request, reply, notReady(this.#source));
    return this.#byPassword(request, reply, parts, answer);
  }

  async #byPassword(
    request: FastifyRequest,
    reply: FastifyReply,
    parts: ApiParts,
    answer: typeof refuse,
  ): Promise<unknown> {
    const { access } = parts.services;
    const credentials = basicCredentials(request.headers.authorization);
    const signedIn = await signIn(access, this.#source.clock, credentials, request.socket.remoteAddress);
    if (signedIn.kind === 'out') return answer(request, reply, signedIn.problem);
    const caller = new Caller(access, signedIn.identity);
    this.#visits.set(request, { caller, session: undefined, parts });
    return undefined;
  }

  /** Aborted when the client goes away before it has its answer. */
  signalOf(reply: FastifyReply): AbortSignal {
    const controller = new AbortController();
    reply.raw.once('close', () => {
      controller.abort();
    });
    return controller.signal;
  }

  /** Of a request that was let in. */
  visitOf(request: FastifyRequest): Visit {
    const visit = this.#visits.get(request);
    assert(visit !== undefined, 'the request was let in');
    return visit;
  }
}

/** Why nothing is served, while there are no parts. */
export function notReady(source: HttpSource): Problem {
  const readiness = source.readiness();
  return problem('not-ready', readiness.ready ? 'stopping' : readiness.reason, true);
}
