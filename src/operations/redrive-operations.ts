/** Sending dead letters back: what a redrive would do, beginning one, how it goes, ending it. */
import { z } from 'zod';
import { SluiceError } from '../kernel/index.js';
import type { RedriveJob, RedrivePlan, RedriveRequest } from './dead-letters/redrive-request.js';
import type { Redrives } from './dead-letters/redrives.js';
import { audited, ifChanged, queueSubject } from './audited.js';
import { givenName, plainTable, shortText, vhostName } from './inputs.js';
import { operatorOf } from './operator-channel.js';
import type { ServerOperation, Services } from './services.js';

const positionsMax = 1_000;
const bodyBytesMax = 1_048_576;

const edit = z.strictObject({
  body: z
    .base64()
    .max(Math.ceil((bodyBytesMax * 4) / 3) + 4)
    .describe('the new body, in base64; its content encoding goes')
    .optional(),
  headers: plainTable.describe('all headers as they shall be, but those of its death').optional(),
  contentType: shortText.optional(),
});

const redriving = z.strictObject({
  vhost: vhostName,
  queue: givenName.describe('the queue of dead letters'),
  group: z.string().min(1).max(64).describe('only letters of this fingerprint').optional(),
  positions: z.array(z.int().min(0)).min(1).max(positionsMax).describe('only these letters').optional(),
  failedIn: givenName.describe('only letters that failed in this queue').optional(),
  reason: z.string().min(1).max(1_000).describe('only letters with this text in reason or error').optional(),
  messageId: shortText.describe('only letters with this identifier').optional(),
  count: z.int().min(1).describe('no more than so many').optional(),
  to: givenName.describe('where they go; left out: each to the queue that it was in first').optional(),
  edit: edit.describe('what changes in the one letter that is named').optional(),
  ratePerSecond: z.number().min(0.01).max(1_000_000).optional(),
  duplicateGuard: z.boolean().describe('skip copies of what was redriven already'),
});
type Redriving = z.infer<typeof redriving>;

function requestOf({ duplicateGuard, edit: given, ...rest }: Redriving): RedriveRequest {
  const { group, positions } = rest;
  if (group !== undefined && positions !== undefined)
    throw new SluiceError('bad-input', 'one of group and positions');
  const body = given?.body === undefined ? undefined : Buffer.from(given.body, 'base64');
  return {
    ...rest,
    guard: duplicateGuard,
    edit: given === undefined ? undefined : { ...given, body },
  };
}

function redrivesOf({ redrives }: Services): Redrives {
  if (redrives === undefined) throw new SluiceError('unsupported', 'nothing is redriven here');
  return redrives;
}

export const redrivePlan: ServerOperation<Redriving, RedrivePlan> = {
  input: redriving,
  run: async (services, input, { signal }) => redrivesOf(services).plan(requestOf(input), signal),
};

export const redriveStart = audited<Redriving, RedriveJob>(
  {
    event: 'redrive-started',
    subject: queueSubject,
    became: ({ id }) => ({ outcome: 'success', reason: `redrive ${id}` }),
  },
  {
    input: redriving,
    run: (services, input) => redrivesOf(services).start(requestOf(input), operatorOf(services)),
  },
);

export const redriveList: ServerOperation<
  { vhost?: string | undefined; queue?: string | undefined },
  { readonly items: readonly RedriveJob[] }
> = {
  input: z.strictObject({ vhost: vhostName.optional(), queue: givenName.optional() }),
  async run(services, { vhost, queue }) {
    const jobs = await redrivesOf(services).list(vhost);
    return { items: jobs.filter((job) => queue === undefined || job.queue === queue) };
  },
};

const named = z.strictObject({ id: z.string().min(1).max(64) });

export const redriveShow: ServerOperation<z.infer<typeof named>, RedriveJob> = {
  input: named,
  run: (services, { id }) => redrivesOf(services).show(id),
};

export const redriveCancel = audited<z.infer<typeof named>, { readonly changed: boolean }>(
  { event: 'redrive-cancelled', subject: ({ id }) => `redrive ${id}`, became: ifChanged },
  {
    input: named,
    run: async (services, { id }) => ({ changed: await redrivesOf(services).cancel(id) }),
  },
);
