/** What the API answers, as schemas: the OpenAPI document shows them, and a test holds the answers to them. */
import { z } from 'zod';

const table = z.record(z.string(), z.unknown());
const count = z.int().min(0);
const epochMs = z.number().describe('milliseconds since the Unix epoch');

export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  code: z.string(),
  retryable: z.boolean(),
  details: table.optional(),
});

export const queueAnswer = z.object({
  vhost: z.string(),
  name: z.string(),
  durable: z.boolean(),
  exclusive: z.boolean(),
  autoDelete: z.boolean(),
  arguments: table,
  paused: z.boolean(),
  ready: count,
  unacknowledged: count,
  delayed: count,
  gated: count.describe('behind an earlier message of their key'),
  held: count.describe('waiting for records to be written'),
  bytes: count.describe('of all bodies'),
  consumers: count,
  published: count,
  delivered: count,
  acknowledged: count,
  redelivered: count,
  expired: count,
  deadLettered: count,
  dropped: count,
});

export const exchangeAnswer = z.object({
  vhost: z.string(),
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  autoDelete: z.boolean(),
  internal: z.boolean(),
  arguments: table,
});

export const bindingAnswer = z.object({
  vhost: z.string(),
  source: z.string(),
  destination: z.string(),
  destinationKind: z.enum(['queue', 'exchange']),
  routingKey: z.string(),
  arguments: table,
});

export const messageAnswer = z.object({
  position: count.describe('names the message in its queue'),
  state: z.enum(['ready', 'unacknowledged', 'delayed', 'gated', 'held']),
  redelivered: z.boolean(),
  deliveryCount: count,
  exchange: z.string(),
  routingKey: z.string(),
  properties: table,
  body: z.string().describe('base64'),
  arrivalMs: epochMs,
  expiresMs: epochMs.optional(),
  dueMs: epochMs.optional(),
});

export const messagesAnswer = z.object({ items: z.array(messageAnswer) });

export const connectionAnswer = z.object({
  id: z.string(),
  name: z.string(),
  protocol: z.string(),
  user: z.string(),
  vhost: z.string(),
  peerAddress: z.string(),
  peerPort: z.int(),
  encrypted: z.boolean(),
  state: z.string(),
  channels: count,
  sinceMs: epochMs,
  client: z.string(),
});

export const userAnswer = z.object({
  name: z.string(),
  tags: z.array(z.string()),
  passwordKind: z.enum(['argon2id', 'imported', 'none']),
});

export const permissionAnswer = z.object({
  user: z.string(),
  vhost: z.string(),
  configure: z.string(),
  write: z.string(),
  read: z.string(),
});

export const topicPermissionAnswer = permissionAnswer
  .omit({ configure: true })
  .extend({ exchange: z.string() });

export const vhostAnswer = z.object({ name: z.string() });
export const changedAnswer = z.object({ changed: z.boolean() });
export const countAnswer = z.object({ messages: count });
export const whoAnswer = z.object({ name: z.string(), tags: z.array(z.string()) });
