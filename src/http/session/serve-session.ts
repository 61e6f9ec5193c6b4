/**
 * `/v1/session`: signs a browser in and out, and tells its page who it is. Invariants: a password comes in a body alone
 * and is checked as by Basic; and the token leaves in the cookie alone.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../kernel/index.js';
import { notReady, refuse } from '../desk.js';
import { problem, type Problem } from '../problem.js';
import { signIn } from '../sign-in.js';
import type { HttpSource } from '../source.js';
import { browserName } from './browser-name.js';
import { clearingCookie, keepingCookie, tokenIn } from './session-cookie.js';
import { sessionOf, type Presented } from './session-gate.js';
import type { SessionFace } from './sessions.js';
import { signInInput, type SignInInput } from './sign-in-input.js';

const bodyBytesMax = 8_192;

/** Adds the routes. */
export function serveSession(app: FastifyInstance, source: HttpSource): void {
  app.addHook('onClose', (_instance, done) => {
    source.sessions.stop();
    done();
  });
  const url = '/v1/session';
  app.post(url, { bodyLimit: bodyBytesMax }, (request, reply) => open(source, request, reply));
  app.get(url, (request, reply) => tell(source, request, reply));
  app.delete(url, (request, reply) =>
    answerWith(source, request, reply, ({ session }) => {
      source.sessions.signOut(session);
      void reply.header('set-cookie', clearingCookie(request));
      return reply.header('clear-site-data', '"cache", "storage"').code(204).send();
    }),
  );
}

/** Who is signed in; 204: nobody, which is no error of a page that asks. */
async function tell(source: HttpSource, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if ((await source.parts()) === undefined) return refuse(request, reply, notReady(source));
  const presented = sessionOf(source.sessions, request);
  if (presented.kind === 'in') return reply.send(source.sessions.faceOf(presented.session, presented.token));
  if (presented.kind === 'out' && presented.problem.code !== 'signed-out')
    return refuse(request, reply, presented.problem);
  return reply.code(204).send();
}

/** Answers by the session that a request comes with, or that there is none. */
async function answerWith(
  source: HttpSource,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (presented: Extract<Presented, { kind: 'in' }>) => FastifyReply,
): Promise<FastifyReply> {
  if ((await source.parts()) === undefined) return refuse(request, reply, notReady(source));
  const presented = sessionOf(source.sessions, request);
  switch (presented.kind) {
    case 'absent':
      return refuse(request, reply, problem('signed-out', 'there is no session'));
    case 'out':
      return refuse(request, reply, presented.problem);
    case 'in':
      return answer(presented);
  }
}

async function open(source: HttpSource, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const input = signInInput.safeParse(request.body);
  if (!input.success)
    throw new SluiceError('bad-input', 'the body is { user, password }, both of them texts');
  const outcome = await openSession(source, request, input.data);
  if ('status' in outcome) return refuse(request, reply, outcome);
  void reply.header('set-cookie', keepingCookie(request, outcome.token));
  return reply.code(201).send(outcome.face);
}

async function openSession(
  source: HttpSource,
  request: FastifyRequest,
  given: SignInInput,
): Promise<Problem | { readonly token: string; readonly face: SessionFace }> {
  const { sessions, clock } = source;
  const parts = await source.parts();
  if (parts === undefined) return notReady(source);
  const { access } = parts.services;
  // Before the password is checked: a change of it from here on is heard of.
  sessions.follow(access);
  const credentials = { mechanism: 'session', ...given } as const;
  const peerAddress = request.socket.remoteAddress;
  const signedIn = await signIn(access, clock, credentials, peerAddress);
  if (signedIn.kind === 'out') return signedIn.problem;
  const token = tokenIn(request);
  if (token !== undefined) sessions.supersede(token, peerAddress);
  const opened = sessions.open(access, {
    identity: signedIn.identity,
    browser: browserName(request.headers['user-agent']),
  });
  switch (opened.kind) {
    case 'full':
      return problem('limit-reached', 'as many sessions are open as may be', true);
    case 'changed':
      return problem('refused', 'users were changed meanwhile', true);
    case 'opened':
      return { token: opened.token, face: sessions.faceOf(opened.session, opened.token) };
  }
}
