/** `/v1/sessions`: the browsers that are signed in. Everyone sees and ends their own, administrators all of them. */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { SessionRow } from '../../operations/index.js';
import { sessionAnswer } from '../api/answers.js';
import { listRoute } from '../api/list-route.js';
import { runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'sessions';

function seesSession(caller: Caller): (row: SessionRow) => boolean {
  const seesAll = caller.holdsTag('administer');
  return ({ user }) => seesAll || user === caller.identity.name;
}

/** Everyone may end all of their own; those of others only administrators. */
function mayEndOf(caller: Caller, { user }: { readonly user: string }): void {
  if (user !== caller.identity.name) caller.requireTag('administer');
}

/** Of others' sessions, whoever is no administrator is told that there are none. */
async function endSession(call: Call, id: string): Promise<null> {
  const found = call.services.sessions?.list().find((session) => session.id === id);
  if (found === undefined || !seesSession(call.caller)(found))
    throw new SluiceError('not-found', 'there is no such session');
  await runOperation(call, 'session.end', { id });
  return null;
}

export const sessionRoutes: readonly Route[] = [
  listRoute<'session.list', SessionRow>('session.list', {
    ...{ path: '/v1/sessions', summary: 'List the sessions of browsers', tag, row: sessionAnswer },
    rows: ({ sessions }) => sessions,
    sees: seesSession,
    shown: ({ sessionId }, row) => ({ ...row, isOwn: row.id === sessionId }),
    text: ({ user, browser, address }) => `${user}\n${browser}\n${address}`,
    key: ({ id }) => [id],
    sorts: {
      opened: ({ openedMs }) => openedMs,
      used: ({ lastUsedMs }) => lastUsedMs,
      user: ({ user }) => user,
    },
  }),
  route({
    ...{ method: 'DELETE', path: '/v1/sessions/{id}', summary: 'End a session', tag },
    input: z.strictObject({ id: z.string().min(1).max(64) }),
    allow: () => undefined,
    run: (call, { id }) => endSession(call, id),
  }),
  route({
    ...{ method: 'DELETE', path: '/v1/sessions', summary: 'End all sessions of a user', tag },
    input: z.strictObject({ user: z.string().min(1).max(255) }),
    answer: z.object({ ended: z.int() }),
    allow: mayEndOf,
    run: (call, { user }) => runOperation(call, 'session.end', { user }),
  }),
];
