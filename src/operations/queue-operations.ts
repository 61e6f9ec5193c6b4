/** Operations on queues and the messages in them. */
import { z } from 'zod';
import {
  fieldTable,
  toPlain,
  type PlainValue,
  type QueueReport,
  type WaitExplanation,
} from '../broker/index.js';
import { audited, queueSubject, toMessages, toOneMessage } from './audited.js';
import { emitInPieces } from './in-pieces.js';
import { countUpTo, givenName, plainTable, shortText, vhostName } from './inputs.js';
import { storedMessageRow, type StoredMessageRow } from './message-view.js';
import { operatorOf, withOperatorChannel } from './operator-channel.js';
import { queueFiguresNamed, type QueueFigures } from './queue-figures.js';
import type { ServerOperation } from './services.js';

/** A queue with its counts; the arguments as JSON. */
export interface QueueRow extends Omit<QueueReport, 'arguments'> {
  readonly arguments: Readonly<Record<string, PlainValue>>;
  /** Those that were asked for and are known; null: never. */
  readonly figures?: QueueFigures;
}

export function queueRow(report: QueueReport): QueueRow {
  return { ...report, arguments: toPlain(report.arguments) };
}

const queueName = z.strictObject({ vhost: vhostName, queue: givenName });
type QueueName = z.infer<typeof queueName>;

const figureNamesMax = 4_096;
/** Which queues, and which of their figures. */
export const queueListing = z.strictObject({
  vhost: vhostName.optional(),
  figures: z
    .string()
    .max(figureNamesMax)
    .optional()
    .describe('names of figures to tell too, parted by commas'),
});

export const queueList: ServerOperation<
  z.infer<typeof queueListing>,
  { readonly count: number },
  readonly QueueRow[]
> = {
  input: queueListing,
  async run({ broker, monitor }, { vhost, figures = '' }, call) {
    const reports = broker.administration.eachQueue(vhost);
    if (figures === '') return emitInPieces(call, reports, queueRow);
    const figuresOf = await queueFiguresNamed(monitor, figures);
    return emitInPieces(call, reports, (report) => ({
      ...queueRow(report),
      figures: figuresOf(report.vhost, report.name),
    }));
  },
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

export const queueDeclare = audited<
  z.infer<typeof queueDeclaration>,
  { readonly queue: string; readonly messages: number; readonly consumers: number }
>(
  {
    event: 'topology-created',
    subject: ({ vhost, queue }, declared) => queueSubject({ vhost, queue: declared?.queue ?? queue }),
  },
  {
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
      return { queue: declared.name, messages: declared.messageCount, consumers: declared.consumerCount };
    },
  },
);

const queueDeletion = queueName.extend({ ifUnused: z.boolean(), ifEmpty: z.boolean() });

export const queueDelete = audited(
  {
    event: 'topology-deleted',
    subject: queueSubject,
    became: ({ messages }: { readonly messages: number }) => toMessages(messages),
  },
  {
    input: queueDeletion,
    async run(services, { vhost, queue, ifUnused, ifEmpty }) {
      const { messageCount } = await withOperatorChannel(services, vhost, (channel) =>
        channel.deleteQueue(queue, ifUnused, ifEmpty),
      );
      return { messages: messageCount };
    },
  },
);

export const queuePurge = audited(
  {
    event: 'messages-purged',
    subject: queueSubject,
    became: ({ messages }: { readonly messages: number }) => toMessages(messages),
  },
  {
    input: queueName,
    async run(services, { vhost, queue }) {
      const { messageCount } = await withOperatorChannel(services, vhost, (channel) =>
        channel.purgeQueue(queue),
      );
      return { messages: messageCount };
    },
  },
);

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

export const queueDelayedCancel = audited(
  {
    event: 'messages-removed',
    subject: queueSubject,
    became: ({ cancelled }: { readonly cancelled: boolean }) =>
      toOneMessage({ outcome: cancelled ? 'removed' : 'absent' }),
  },
  {
    input: messagePosition,
    async run(services, { vhost, queue, position }) {
      const { broker } = services;
      const by = operatorOf(services);
      const { cancelled } = broker.administration.cancelDelayed(vhost, queue, position, by);
      await broker.administration.durable();
      return { cancelled };
    },
  },
);

export const queueWhy: ServerOperation<z.infer<typeof messagePosition>, WaitExplanation> = {
  input: messagePosition,
  run: ({ broker }, { vhost, queue, position }) => broker.administration.explain(vhost, queue, position),
};
