/** `/v1/receivers` and tests of routes: how notifications fare. */
import { z } from 'zod';
import type { ReceiverState } from '../../alerts/index.js';
import { listRoute } from '../api/list-route.js';
import { operationRoute } from '../api/operation-route.js';
import type { Route } from '../api/route.js';

const tag = 'alerts';

const receiverAnswer = z.object({
  name: z.string(),
  type: z.string(),
  state: z.enum(['untried', 'working', 'failing', 'broken']),
  waiting: z.int().describe('notifications that wait'),
  oldestMs: z.number().optional().describe('when the oldest of them was made, Unix ms'),
  failuresInRow: z.int(),
  lastSuccessMs: z.number().optional(),
  lastFailureMs: z.number().optional(),
  lastFailure: z.string().optional().describe('why, without secrets'),
  totals: z.object({ delivered: z.int(), refused: z.int(), expired: z.int(), dropped: z.int() }),
  failedAttempts: z.int(),
});

const testAnswer = z.object({
  outcomes: z.array(
    z.object({
      receiver: z.string(),
      outcome: z.enum(['delivered', 'failed', 'refused']),
      reason: z.string().optional(),
    }),
  ),
});

const routesAnswer = z.object({
  routes: z.array(
    z.looseObject({
      name: z.string(),
      match: z.object({
        severity: z.array(z.string()).optional(),
        kind: z.array(z.string()).optional(),
        labels: z.record(z.string(), z.array(z.string())),
      }),
      on: z.array(z.string()).optional().describe('left out: everything'),
      receivers: z.array(z.string()),
      groupWait: z.number().describe('milliseconds'),
      repeat: z.number().describe('milliseconds; 0: never'),
      continue: z.boolean().describe('the routes after it are asked too'),
    }),
  ),
});

export const notificationRoutes: readonly Route[] = [
  listRoute<'receiver.list', ReceiverState>('receiver.list', {
    ...{ path: '/v1/receivers', summary: 'List receivers of notifications', tag, row: receiverAnswer },
    rows: ({ receivers }) => receivers,
    allow: (caller) => {
      caller.requireTag('monitor');
    },
    sees: () => () => true,
    text: ({ name, type }) => `${name}\n${type}`,
    key: ({ name }) => [name],
    sorts: { name: ({ name }) => name, state: ({ state }) => state, waiting: ({ waiting }) => waiting },
  }),
  operationRoute('alert.routes', {
    ...{ method: 'GET', path: '/v1/alerts/routes', tag, answer: routesAnswer },
    summary: 'Show who hears of what, in the order in which routes are asked',
    allow: (caller) => {
      caller.requireTag('monitor');
    },
  }),
  operationRoute('alert.test-route', {
    ...{ method: 'POST', path: '/v1/alerts/routes/{route}/test', summary: 'Send a test over a route', tag },
    answer: testAnswer,
    allow: (caller) => {
      caller.requireTag('administer');
    },
  }),
];
