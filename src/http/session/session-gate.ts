/**
 * Lets in requests that come with a session's cookie. Invariants: a cookie counts only where there is no Authorization
 * header, and never for a page of another site; and nothing is changed by a cookie alone, without the token that only
 * the session's own page knows.
 */
import type { FastifyRequest } from 'fastify';
import { problem, type Problem } from '../problem.js';
import { isFromElsewhere } from '../request-guard.js';
import type { Session } from './session-book.js';
import { hasSessionCookie, tokenIn } from './session-cookie.js';
import { isCsrfTokenOf } from './session-token.js';
import type { Sessions } from './sessions.js';

/** What a request has of a session. `absent`: it carries no cookie that counts. */
export type Presented =
  | { readonly kind: 'absent' }
  | { readonly kind: 'in'; readonly session: Session; readonly token: string }
  | { readonly kind: 'out'; readonly problem: Problem };

const safeMethods = new Set(['GET', 'HEAD']);

/** Looks at the cookie of a request, which does not count as a use. */
export function sessionOf(sessions: Sessions, request: FastifyRequest): Presented {
  if (request.headers.authorization !== undefined || !hasSessionCookie(request)) return { kind: 'absent' };
  if (isFromElsewhere(request)) return out(problem('cross-site'));
  const token = tokenIn(request);
  const session = token === undefined ? undefined : sessions.find(token, request.socket.remoteAddress);
  if (token === undefined || session === undefined)
    return out(problem('signed-out', 'the session has ended'));
  if (!safeMethods.has(request.method) && !isCsrfTokenOf(token, request.headers['x-csrf-token']))
    return out(problem('cross-site', 'a change needs x-csrf-token with the csrfToken of the session'));
  return { kind: 'in', session, token };
}

function out(refusal: Problem): Presented {
  return { kind: 'out', problem: refusal };
}
