/**
 * `/v1/dead-letters` and `/v1/redrives`: what died, of what, and sending it back. Whoever may consume from a queue of
 * dead letters may see them; to send them back needs the right to publish to any queue besides.
 */
import { z } from 'zod';
import { SluiceError } from '../../kernel/index.js';
import type { DeadLetterQueue, OperationInput, RedriveJob } from '../../operations/index.js';
import { changedAnswer } from '../api/answers.js';
import {
  deadLetterQueueAnswer,
  deathGroupsAnswer,
  lettersAnswer,
  redriveAnswer,
  redrivePlanAnswer,
} from '../api/dead-letter-answers.js';
import { listRoute, seenByVhost, viewsVhost } from '../api/list-route.js';
import { inputOf, operationRoute, runOperation } from '../api/operation-route.js';
import { route, type Call, type Route } from '../api/route.js';
import type { Caller } from '../caller.js';
import { mayRead } from './queue-routes.js';

const tag = 'dead letters';
const path = '/v1/dead-letters/{vhost}/{queue}';
const redrives = '/v1/redrives';
/** A body of 1 MiB in base64, and what is besides. */
const requestBytesMax = 1_600_000;

/** What taking letters out and publishing them elsewhere needs. */
function mayRedrive(caller: Caller, input: { readonly vhost: string; readonly queue: string }): void {
  mayRead(caller, input);
  caller.require('write', 'exchange', input.vhost, '');
}

/** One that the caller may not see is not there. */
async function seenRedrive(call: Call, id: string): Promise<RedriveJob> {
  const job = await runOperation(call, 'redrive.show', { id });
  if (call.caller.mayRead(job.vhost, job.queue)) return job;
  throw new SluiceError('not-found', `there is no redrive '${id}'`);
}

const list = listRoute<'dead-letter.list', DeadLetterQueue>('dead-letter.list', {
  ...{
    path: '/v1/dead-letters',
    summary: 'List the queues of dead letters',
    tag,
    row: deadLetterQueueAnswer,
  },
  allow: viewsVhost,
  sees: seenByVhost,
  text: ({ queue }) => queue,
  key: ({ vhost, queue }) => [vhost, queue],
  sorts: {
    name: ({ queue }) => queue,
    vhost: ({ vhost }) => vhost,
    count: ({ count }) => count,
    bytes: ({ bytes }) => bytes,
    oldest: ({ oldestMs }) => oldestMs ?? 0,
    newest: ({ newestMs }) => newestMs ?? 0,
  },
});

type Asked = OperationInput<'redrive.start'>;

const redriveInput = inputOf('redrive.start').extend({
  duplicateGuard: z.boolean().default(true).describe('skip copies of what was redriven already'),
  dryRun: z.boolean().default(false).describe('tell what would be sent, and send nothing'),
}) as unknown as z.ZodType<Asked & { readonly dryRun: boolean }>;

export const deadLetterRoutes: readonly Route[] = [
  list,
  operationRoute('dead-letter.groups', {
    ...{ method: 'GET', path: `${path}/groups`, summary: 'Say what the letters of a queue died of', tag },
    defaults: { from: 0, count: 50 },
    answer: deathGroupsAnswer,
    allow: mayRead,
  }),
  operationRoute('dead-letter.messages', {
    ...{ method: 'GET', path: `${path}/messages`, summary: 'See dead letters without taking them', tag },
    defaults: { from: 0, count: 20 },
    answer: lettersAnswer,
    allow: mayRead,
  }),
  operationRoute('dead-letter.messages', {
    ...{
      method: 'GET',
      path: `${path}/groups/{group}/messages`,
      summary: 'See dead letters of one group',
      tag,
    },
    defaults: { from: 0, count: 20 },
    answer: lettersAnswer,
    allow: mayRead,
  }),
  route({
    ...{ method: 'POST', path: redrives, tag, bodyBytesMax: requestBytesMax },
    summary: 'Send dead letters back, or say what that would do; answers when it has begun',
    answer: z.union([redriveAnswer, redrivePlanAnswer]),
    input: redriveInput,
    allow: mayRedrive,
    run: (call, { dryRun, ...input }) =>
      dryRun ? runOperation(call, 'redrive.plan', input) : runOperation(call, 'redrive.start', input),
  }),
  route({
    ...{ method: 'GET', path: redrives, summary: 'List redrives, newest first', tag },
    answer: z.object({ items: z.array(redriveAnswer) }),
    input: inputOf('redrive.list'),
    allow: viewsVhost,
    async run(call, input) {
      const { items } = await runOperation(call, 'redrive.list', input);
      return { items: items.filter(({ vhost, queue }) => call.caller.mayRead(vhost, queue)) };
    },
  }),
  route({
    ...{ method: 'GET', path: `${redrives}/{id}`, summary: 'Say how a redrive goes', tag },
    answer: redriveAnswer,
    input: z.strictObject({ id: z.string().min(1).max(64) }),
    allow: () => undefined,
    run: (call, { id }) => seenRedrive(call, id),
  }),
  route({
    ...{ method: 'POST', path: `${redrives}/{id}/cancel`, tag },
    summary: 'Send nothing more; what was sent stays sent',
    answer: changedAnswer,
    input: z.strictObject({ id: z.string().min(1).max(64) }),
    allow: () => undefined,
    async run(call, { id }) {
      mayRedrive(call.caller, await seenRedrive(call, id));
      return runOperation(call, 'redrive.cancel', { id });
    },
  }),
];
