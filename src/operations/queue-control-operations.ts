/** Operations on a queue as a whole and on single messages in it: pause, find, remove, release, stuck keys. */
import { z } from 'zod';
import {
  fieldTable,
  type BlockedKey,
  type FoundMessage,
  type MessageName,
  type QueueAdministration,
} from '../broker/index.js';
import { audited, ifChanged, queueSubject, toOneMessage } from './audited.js';
import { operatorOf } from './operator-channel.js';
import { countUpTo, givenName, shortText, vhostName } from './inputs.js';
import type { ServerOperation, Services } from './services.js';

const queueName = z.strictObject({ vhost: vhostName, queue: givenName });
type QueueName = z.infer<typeof queueName>;

/** One message, by its position or its identifier. */
const oneMessage = queueName.extend({
  message: z.union([z.strictObject({ position: z.int().min(0) }), z.strictObject({ messageId: shortText })]),
});
type OneMessage = QueueName & { readonly message: MessageName };

const keysMax = 1_000;

/** Makes a change and waits until it is durable. */
async function durably<T>(
  { broker }: Services,
  change: (queues: QueueAdministration) => Promise<T> | T,
): Promise<T> {
  const outcome = await change(broker.administration.queues);
  await broker.administration.durable();
  return outcome;
}

function pausing(
  event: 'queue-paused' | 'queue-resumed',
  change: (queues: QueueAdministration, vhost: string, queue: string) => { readonly changed: boolean },
): ServerOperation<QueueName, { readonly changed: boolean }> {
  return audited(
    { event, subject: queueSubject, became: ifChanged },
    {
      input: queueName,
      async run(services, { vhost, queue }) {
        const { changed } = await durably(services, (queues) => change(queues, vhost, queue));
        return { changed };
      },
    },
  );
}

export const queuePause = pausing('queue-paused', (queues, vhost, queue) => queues.pause(vhost, queue));
export const queueResume = pausing('queue-resumed', (queues, vhost, queue) => queues.resume(vhost, queue));

const position = queueName.extend({ position: z.int().min(0) });

export const queueRelease = audited(
  { event: 'messages-released', subject: queueSubject, became: ifChanged },
  {
    input: position,
    async run(services, { vhost, queue, position: at }) {
      const { changed } = await durably(services, (queues) =>
        queues.releaseNow(vhost, queue, at, operatorOf(services)),
      );
      return { changed };
    },
  },
);

export const queueFind: ServerOperation<OneMessage, { readonly message: FoundMessage | undefined }> = {
  input: oneMessage,
  async run({ broker }, { vhost, queue, message }) {
    return { message: await broker.administration.queues.find(vhost, queue, message) };
  },
};

/** What became of a message that was to be removed. */
export interface Removed {
  readonly outcome: 'removed' | 'active' | 'absent';
}

export const queueRemove = audited<OneMessage, Removed>(
  { event: 'messages-removed', subject: queueSubject, became: toOneMessage },
  {
    input: oneMessage,
    async run(services, { vhost, queue, message }) {
      const { outcome } = await durably(services, (queues) =>
        queues.remove(vhost, queue, message, undefined, operatorOf(services)),
      );
      return { outcome };
    },
  },
);

const deadLettered = oneMessage.extend({ to: givenName.optional(), reason: z.string().max(8_000) });
type DeadLettered = OneMessage & { to?: string | undefined; reason: string };

export const queueDeadLetter = audited<DeadLettered, { readonly outcome: 'moved' | 'active' | 'absent' }>(
  {
    event: 'messages-dead-lettered',
    subject: ({ to, ...named }) => `${queueSubject(named)}${to === undefined ? '' : ` to '${to}'`}`,
    became: toOneMessage,
  },
  {
    input: deadLettered,
    async run(services, { vhost, queue, message, to, reason }) {
      const headers = fieldTable({ 'x-failure-reason': reason, 'x-failure-queue': queue });
      const failure = { headers, ...(to === undefined ? {} : { queue: to }) };
      const { outcome } = await durably(services, (queues) =>
        queues.deadLetter(vhost, queue, message, failure, operatorOf(services)),
      );
      return { outcome };
    },
  },
);

const keys = queueName.extend({ count: countUpTo(keysMax) });

export const queueKeys: ServerOperation<z.infer<typeof keys>, { readonly count: number }, BlockedKey> = {
  input: keys,
  async run({ broker }, { vhost, queue, count }, call) {
    const blocked = await broker.administration.queues.blockedKeys(vhost, queue, count);
    for (const key of blocked) await call.emit(key);
    return { count: blocked.length };
  },
};
