/**
 * Getting single messages, as `basic.get` does, for operators. Invariant: what is given out has been settled as was
 * asked, and that is durable.
 */
import { z } from 'zod';
import type { BrokerChannel, GetReply } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { audited, queueSubject, toMessages } from './audited.js';
import { countUpTo, givenName, vhostName } from './inputs.js';
import { deliveredMessageRow, type MessageRow } from './message-view.js';
import { withOperatorChannel } from './operator-channel.js';

const countMax = 1_000;
/** What is got is held in memory. */
const bytesMax = 33_554_432;

const getting = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  count: countUpTo(countMax),
  /**
   * `return`: they go back as if they had not been taken, but for being marked as redelivered. `requeue`: they have
   * failed and come again. `reject`: they have failed for good.
   */
  settle: z.enum(['acknowledge', 'return', 'requeue', 'reject']),
});
type Getting = z.infer<typeof getting>;

/** A message that was got. */
export interface GotMessage extends MessageRow {
  /** Messages still ready behind it. */
  readonly remaining: number;
}

/** Up to `count` messages, and no more than 32 MiB of bodies but for the last. Those that go back are not told of. */
export const queueGet = audited<Getting, { readonly messages: readonly GotMessage[] }>(
  {
    event: 'messages-taken',
    subject: queueSubject,
    isAct: ({ settle }) => settle === 'acknowledge' || settle === 'reject',
    became: ({ messages: { length } }) => (length === 0 ? undefined : toMessages(length)),
  },
  {
    input: getting,
    run: async (services, input) => ({
      messages: await withOperatorChannel(services, input.vhost, (channel) => take(channel, input)),
    }),
  },
);

async function take(channel: BrokerChannel, { queue, count, settle }: Getting): Promise<GotMessage[]> {
  const messages: GotMessage[] = [];
  let [bytes, lastTag] = [0, 0];
  while (messages.length < count && bytes < bytesMax) {
    const got = await getOne(channel, queue);
    if (got === undefined) break;
    messages.push(got.message);
    bytes += got.message.body.length;
    lastTag = got.tag;
  }
  if (lastTag > 0) settleAll(channel, lastTag, settle);
  return messages;
}

/** The message itself is valid during the callback alone. */
function getOne(
  channel: BrokerChannel,
  queue: string,
): Promise<{ readonly tag: number; readonly message: GotMessage } | undefined> {
  return new Promise((resolve, reject) => {
    channel.get(queue, false, (reply: GetReply) => {
      if (reply.kind === 'empty') resolve(undefined);
      else if (reply.kind === 'failed') reject(new SluiceError('disk-failed', reply.message));
      else {
        const row = deliveredMessageRow(reply.message, reply.redelivered);
        resolve({ tag: reply.deliveryTag, message: { ...row, remaining: reply.messageCount } });
      }
    });
  });
}

function settleAll(channel: BrokerChannel, lastTag: number, settle: Getting['settle']): void {
  switch (settle) {
    case 'acknowledge':
      channel.acknowledge(lastTag, true);
      return;
    case 'return':
      channel.giveBack(lastTag, true);
      return;
    case 'requeue':
    case 'reject':
      channel.reject(lastTag, true, settle === 'requeue');
  }
}
