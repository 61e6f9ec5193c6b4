/** Operations on queues and the messages in them. */
import { z } from 'zod';
import {
  fieldTable,
  toPlain,
  type PlainValue,
  type QueueReport,
  type WaitExplanation,
} from '../broker/index.js';
import { emitInPieces } from './in-pieces.js';
import { countUpTo, givenName, plainTable, shortText, vhostName } from './inputs.js';
import { storedMessageRow, type StoredMessageRow } from './message-view.js';
import { recordChange, withOperatorChannel } from './operator-channel.js';
import type { ServerOperation } from './services.js';

/** A queue with its counts; the arguments as JSON. */
export interface QueueRow extends Omit<QueueReport, 'arguments'> {
  readonly arguments: Readonly<Record<string, PlainValue>>;
}

function queueRow(report: QueueReport): QueueRow {
  return { ...report, arguments: toPlain(report.arguments) };
}

const queueName = z.strictObject({ vhost: vhostName, queue: givenName });
type QueueName = z.infer<typeof queueName>;

const subjectOf = ({ vhost, queue }: QueueName): string => `queue '${queue}' in vhost '${vhost}'`;

export const queueList: ServerOperation<
  { vhost?: string | undefined },
  { readonly count: number },
  readonly QueueRow[]
> = {
  input: z.strictObject({ vhost: vhostName.optional() }),
  run: ({ broker }, { vhost }, call) => emitInPieces(call, broker.administration.eachQueue(vhost), queueRow),
};

export const queueShow: ServerOperation<QueueName, QueueRow> = {
  input: queueName,
  run: async ({ broker }, { vhost, queue }) =>
    Promise.resolve(queueRow(broker.administration.describeQueue(vhost, queue))),
};

const queueDeclaration = z.strictObject({
  vhost: vhostName,
  /** Empty: the broker makes a name. */
  queue: shortText,
  durable: z.boolean(),
  autoDelete: z.boolean(),
  arguments: plainTable,
});

export const queueDeclare: ServerOperation<
  z.infer<typeof queueDeclaration>,
  { readonly queue: string; readonly messages: number; readonly consumers: number }
> = {
  input: queueDeclaration,
  async run(services, { vhost, queue, durable, autoDelete, arguments: given }) {
    const declared = await withOperatorChannel(services, vhost, (channel) =>
      channel.declareQueue({
        name: queue,
        durable,
        autoDelete,
        exclusive: false,
        arguments: fieldTable(given),
      }),
    );
    recordChange(services, 'topology-created', subjectOf({ vhost, queue: declared.name }));
    return { queue: declared.name, messages: declared.messageCount, consumers: declared.consumerCount };
  },
};

const queueDeletion = queueName.extend({ ifUnused: z.boolean(), ifEmpty: z.boolean() });

export const queueDelete: ServerOperation<z.infer<typeof queueDeletion>, { readonly messages: number }> = {
  input: queueDeletion,
  async run(services, { vhost, queue, ifUnused, ifEmpty }) {
    const { messageCount } = await withOperatorChannel(services, vhost, (channel) =>
      channel.deleteQueue(queue, ifUnused, ifEmpty),
    );
    recordChange(services, 'topology-deleted', subjectOf({ vhost, queue }));
    return { messages: messageCount };
  },
};

export const queuePurge: ServerOperation<QueueName, { readonly messages: number }> = {
  input: queueName,
  async run(services, { vhost, queue }) {
    const { messageCount } = await withOperatorChannel(services, vhost, (channel) =>
      channel.purgeQueue(queue),
    );
    return { messages: messageCount };
  },
};

/** Peeked messages are copied into memory. */
const peekCountMax = 1_000;
const peekBytesMax = 33_554_432;
const peek = queueName.extend({ count: countUpTo(peekCountMax) });

export const queuePeek: ServerOperation<
  z.infer<typeof peek>,
  { readonly count: number },
  StoredMessageRow
> = {
  input: peek,
  async run({ broker }, { vhost, queue, count }, call) {
    const messages = await broker.administration.peek(vhost, queue, count, peekBytesMax);
    for (const message of messages) await call.emit(storedMessageRow(message));
    return { count: messages.length };
  },
};

export const queueDelayedList: ServerOperation<
  z.infer<typeof peek>,
  { readonly count: number },
  StoredMessageRow
> = {
  input: peek,
  async run({ broker }, { vhost, queue, count }, call) {
    const messages = await broker.administration.listDelayed(vhost, queue, count, peekBytesMax);
    for (const message of messages) await call.emit(storedMessageRow(message));
    return { count: messages.length };
  },
};

const messagePosition = queueName.extend({ position: z.int().min(0) });

export const queueDelayedCancel: ServerOperation<
  z.infer<typeof messagePosition>,
  { readonly cancelled: boolean }
> = {
  input: messagePosition,
  async run({ broker }, { vhost, queue, position }) {
    const { cancelled } = broker.administration.cancelDelayed(vhost, queue, position);
    await broker.administration.durable();
    return { cancelled };
  },
};

export const queueWhy: ServerOperation<z.infer<typeof messagePosition>, WaitExplanation> = {
  input: messagePosition,
  run: ({ broker }, { vhost, queue, position }) => broker.administration.explain(vhost, queue, position),
};
