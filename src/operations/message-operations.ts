/** Publishing one message, and consuming a stream of them, through the control socket. */
import { z } from 'zod';
import {
  encodeProperties,
  encodeText,
  fieldTable,
  PropertyScan,
  scanProperties,
  textBytes,
  type InboundMessage,
} from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import { audited, queueSubject, toMessages } from './audited.js';
import { ConsumeRun } from './consume-run.js';
import { countUpTo, givenName, plainTable, shortText, vhostName } from './inputs.js';
import type { DeliveredRow } from './message-view.js';
import { withOperatorChannel } from './operator-channel.js';
import type { Services } from './services.js';

/** Properties as operators give them. */
export const publishedProperties = z.strictObject({
  contentType: shortText.optional(),
  contentEncoding: shortText.optional(),
  headers: plainTable.optional(),
  deliveryMode: z.int().min(1).max(2).optional(),
  priority: z.int().min(0).max(255).optional(),
  correlationId: shortText.optional(),
  replyTo: shortText.optional(),
  expiration: shortText.optional(),
  messageId: shortText.optional(),
  timestamp: z.int().min(0).optional(),
  type: shortText.optional(),
  userId: shortText.optional(),
  appId: shortText.optional(),
  clusterId: shortText.optional(),
});

const publishInput = z.strictObject({
  vhost: vhostName,
  exchange: shortText,
  routingKey: shortText,
  properties: publishedProperties,
  /** Base64. */
  body: z.base64(),
});
type PublishInput = z.infer<typeof publishInput>;

/** The two names as short strings in a row. */
function encodeRoute(exchange: string, routingKey: string): Buffer {
  const route = Buffer.alloc(2 + textBytes(exchange) + textBytes(routingKey));
  const middle = encodeText(route, 1, exchange);
  route[0] = middle - 1;
  route[middle] = encodeText(route, middle + 1, routingKey) - middle - 1;
  return route;
}

/** A larger body stands in records of its own, as one that comes over AMQP does: a record holds no more than 1 MiB. */
const chunkBytes = 65_536;

function chunksOf({ broker }: Pick<Services, 'broker'>, body: Buffer): InboundMessage['chunks'] {
  if (body.length <= chunkBytes) return undefined;
  const chunks = [];
  for (let at = 0; at < body.length; at += chunkBytes)
    chunks.push(broker.appendChunk(body, at, Math.min(at + chunkBytes, body.length)));
  return chunks;
}

function inboundMessage(
  { exchange, routingKey, properties: given, body }: PublishInput,
  services: Pick<Services, 'broker'>,
): InboundMessage {
  const { headers, ...rest } = given;
  // An undefined property and one that is left out are the same to `encodeProperties`, not to its type.
  const encoded = encodeProperties({
    ...(rest as { [Name in keyof typeof rest]-?: NonNullable<(typeof rest)[Name]> }),
    ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
  });
  const scan = new PropertyScan();
  scanProperties(encoded, 0, encoded.length, scan);
  const routeBuffer = encodeRoute(exchange, routingKey);
  const whole = Buffer.from(body, 'base64');
  const chunks = chunksOf(services, whole);
  const bodyBuffer = chunks === undefined ? whole : Buffer.alloc(0);
  return {
    exchange,
    routingKey,
    routeBuffer,
    routeStart: 0,
    routeEnd: routeBuffer.length,
    mandatory: true,
    propertiesBuffer: encoded,
    propertiesStart: 0,
    propertiesEnd: encoded.length,
    scan,
    bodyBuffer,
    bodyStart: 0,
    bodyEnd: bodyBuffer.length,
    chunks,
  };
}

/** Resolves when the message is durable. `routed` is false when no queue takes it, and it is gone. */
export const publish = audited<PublishInput, { readonly routed: boolean }>(
  {
    event: 'messages-published',
    subject: ({ vhost, exchange, routingKey }) =>
      exchange === ''
        ? queueSubject({ vhost, queue: routingKey })
        : `exchange '${exchange}' in vhost '${vhost}'`,
    became: ({ routed }) =>
      routed ? { outcome: 'success' } : { outcome: 'failure', reason: 'no queue took it' },
  },
  {
    input: publishInput,
    async run(services, input) {
      const outcome = await withOperatorChannel(services, input.vhost, (channel) =>
        channel.publish(inboundMessage(input, services)),
      );
      if (outcome === 'rejected') {
        throw new SluiceError('refused', 'the queue refused the message: it is full', { retryable: true });
      }
      return { routed: outcome === 'routed' };
    },
  },
);

const consumeInput = z.strictObject({
  vhost: vhostName,
  queue: givenName,
  /** How many to consume; without it, until the caller ends the stream. */
  count: countUpTo(1_000_000_000).optional(),
});

/** What was consumed for good. */
export interface Consumed {
  readonly acknowledged: number;
}

/** Resolves once `count` messages are acknowledged, or the caller ends, and that is durable. */
export const consume = audited<z.infer<typeof consumeInput>, Consumed, DeliveredRow, { acknowledge: number }>(
  {
    event: 'messages-taken',
    subject: queueSubject,
    became: ({ acknowledged }) => (acknowledged === 0 ? undefined : toMessages(acknowledged)),
  },
  {
    input: consumeInput,
    message: z.strictObject({ acknowledge: z.int().min(1) }),
    async run(services, { vhost, queue, count }, call) {
      const run = new ConsumeRun(services.broker, count, call);
      return withOperatorChannel(services, vhost, (channel) => run.over(channel, queue), run);
    },
  },
);
