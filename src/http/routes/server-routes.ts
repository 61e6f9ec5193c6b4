/** `/v1/status`, `/v1/connections`, `/v1/journal`, `/v1/audit`, `/v1/definitions`: the server as a whole. */
import { z } from 'zod';
import { definitionKinds, definitionsPieces } from '../../definitions/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { ConnectionRow, OperationEvent, OperationMessage } from '../../operations/index.js';
import { auditAnswer, connectionAnswer } from '../api/answers.js';
import { listRoute } from '../api/list-route.js';
import { operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';

const tag = 'server';
const documentBytesMax = 8 * 1_048_576;

function monitors(caller: Caller): void {
  caller.requireTag('monitor');
}

function administers(caller: Caller): void {
  caller.requireTag('administer');
}

/** Everyone sees their own; whoever monitors the server sees all. */
function seesConnection(caller: Caller): (row: ConnectionRow) => boolean {
  const seesAll = caller.holdsTag('monitor');
  return ({ user }) => seesAll || user === caller.identity.name;
}

/** Others' connections are closed by administrators; whoever may not see one is told that it is not there. */
async function closeConnection(call: Call, id: string, reason: string): Promise<null> {
  const { caller, services } = call;
  const found = services.connections.list().find((connection) => connection.id === id);
  if (found === undefined || !seesConnection(caller)(found)) {
    throw new SluiceError('not-found', `there is no connection ${id}`);
  }
  if (found.user !== caller.identity.name) administers(caller);
  return runOperation(call, 'connection.close', { id, reason });
}

const connectionRoutes: readonly Route[] = [
  listRoute<'connection.list', ConnectionRow>('connection.list', {
    ...{ path: '/v1/connections', summary: 'List connections', tag: 'connections', row: connectionAnswer },
    rows: ({ connections }) => connections,
    sees: seesConnection,
    text: ({ name, user, client }) => `${name}\n${user}\n${client}`,
    key: ({ id }) => [id],
    sorts: {
      name: ({ name }) => name,
      user: ({ user }) => user,
      channels: ({ channels }) => channels,
      since: ({ sinceMs }) => sinceMs,
    },
  }),
  route({
    ...{ method: 'DELETE', path: '/v1/connections/{id}', summary: 'Close a connection', tag: 'connections' },
    input: z.strictObject({
      id: z.string().min(1).max(255),
      reason: z.string().min(1).max(200).default('closed by an operator'),
    }),
    allow: () => undefined,
    run: (call, { id, reason }) => closeConnection(call, id, reason),
  }),
];

/** A whole document of definitions; `vhost`: only what is in it. */
export async function exportDocument(
  call: Call,
  vhost: string | undefined,
): Promise<Record<string, unknown>> {
  const document: Record<string, unknown[]> = {};
  for (const kind of definitionKinds) document[kind] = [];
  await runOperation(
    call,
    'definitions.export',
    { vhost },
    {
      onEvent(piece) {
        for (const { kind, item } of piece as OperationEvent<'definitions.export'>)
          document[kind]?.push(item);
      },
    },
  );
  return { product_name: 'Sluice', ...document };
}

const definitionRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/v1/definitions', summary: 'Export definitions, with password hashes', tag },
    input: z.strictObject({ vhost: z.string().min(1).max(255).optional() }),
    allow: administers,
    run: (call, { vhost }) => exportDocument(call, vhost),
  }),
  route({
    ...{ method: 'POST', path: '/v1/definitions', summary: 'Import definitions, up to 8 MiB', tag },
    bodyField: 'document',
    bodyBytesMax: documentBytesMax,
    input: z.strictObject({
      document: z.record(z.string(), z.unknown()),
      vhost: z.string().min(1).max(255).default('/').describe('for a document that names none'),
      dryRun: z.boolean().default(false),
    }),
    allow: administers,
    run: (call, { document, vhost, dryRun }) =>
      runOperation(
        call,
        'definitions.import',
        { vhost, dryRun },
        { messages: definitionsPieces(document) as Iterable<OperationMessage<'definitions.import'>> },
      ),
  }),
];

export const serverRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/v1/status', summary: 'Say how the server is', tag },
    input: z.strictObject({}),
    allow: monitors,
    run: async ({ services }) => services.server.status(),
  }),
  operationRoute('journal.stats', {
    ...{ method: 'GET', path: '/v1/journal', summary: 'Show the figures of the journal', tag },
    allow: monitors,
  }),
  operationRoute('journal.compact', {
    ...{
      method: 'POST',
      path: '/v1/journal/compact',
      summary: 'Write a snapshot and free what is dead',
      tag,
    },
    allow: administers,
  }),
  operationRoute('audit.list', {
    ...{ method: 'GET', path: '/v1/audit', summary: 'Read the audit log, newest first', tag },
    texts: ['items[].subject'],
    answer: auditAnswer,
    defaults: { limit: 100 },
    allow: administers,
  }),
  operationRoute('audit.verify', {
    ...{ method: 'POST', path: '/v1/audit/verify', summary: 'Check the chain of the audit log', tag },
    allow: administers,
  }),
  ...connectionRoutes,
  ...definitionRoutes,
];
