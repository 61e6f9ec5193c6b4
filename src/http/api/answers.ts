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

const policyRules = {
  policy: z.string().optional(),
  operatorPolicy: z.string().optional(),
  effectivePolicy: table.optional().describe('what both policies set together'),
};

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
  deadlinesMissed: count,
  returnedAgain: count.describe('failed deliveries of messages that had come back twice before'),
  deadLettersLost: count.describe('dead-lettered, and taken by no queue'),
  figures: z
    .record(z.string(), z.number().nullable())
    .optional()
    .describe('those that were asked for and are known; null: never'),
  ...policyRules,
});

const seconds = z.number().min(0);

export const forecastAnswer = z.object({
  overSeconds: count.describe('the lines go through so much of the past'),
  aheadSeconds: count,
  lines: z.array(
    z.object({
      what: z.enum(['messages', 'bytes', 'disk']),
      series: z.string(),
      level: z.number(),
      atSecond: z.int().describe('Unix seconds'),
      slopePerSecond: z.number(),
      slopeLow: z.number(),
      slopeHigh: z.number(),
      points: count,
      limit: z
        .object({
          name: z.string(),
          value: z.number(),
          seconds: seconds.optional().describe('until it is reached; left out: it is not'),
          earliestSeconds: seconds.optional(),
          latestSeconds: seconds.optional(),
        })
        .optional(),
      path: z.array(z.object({ second: z.int(), value: z.number(), low: z.number(), high: z.number() })),
    }),
  ),
  unknown: z.array(z.string()).describe('of which too little is known'),
});

export const exchangeAnswer = z.object({
  vhost: z.string(),
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  autoDelete: z.boolean(),
  internal: z.boolean(),
  arguments: table,
  publishedIn: count.describe('by clients, since the process began'),
  publishedOut: count.describe('of those, given to queues'),
  ...policyRules,
});

export const routeAnswer = z.object({
  queues: z.array(z.string()),
  delayedBy: z.array(z.string()).describe('exchanges that would hold it first'),
});

export const bindingAnswer = z.object({
  vhost: z.string(),
  source: z.string(),
  destination: z.string(),
  destinationKind: z.enum(['queue', 'exchange']),
  routingKey: z.string(),
  arguments: table,
});

export const policyAnswer = z.object({
  kind: z.enum(['policy', 'operator-policy']),
  vhost: z.string(),
  name: z.string(),
  pattern: z.string(),
  applyTo: z.string(),
  priority: z.number(),
  definition: table,
});

export const policySettingAnswer = z.object({
  changed: z.boolean(),
  ignored: z.array(z.string()).describe('keys that change nothing here'),
});

export const policyEffectAnswer = z.object({
  policy: z.string().optional(),
  operatorPolicy: z.string().optional(),
  definition: table.describe('what both policies set together'),
  ignored: z.array(z.string()).describe('keys of it that change nothing here'),
  arguments: table.describe('what counts: those declared and those of the policies together'),
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

export const sessionAnswer = z.object({
  id: z.string().describe('public: it opens nothing'),
  user: z.string(),
  address: z.string(),
  browser: z.string(),
  openedMs: epochMs,
  lastUsedMs: epochMs,
  endsMs: epochMs.describe('at the latest'),
  idleEndsMs: epochMs.describe('unless it is used before'),
  isOwn: z.boolean().describe('it is the session that asks'),
});

export const signedInAnswer = z.object({
  user: z.string(),
  tags: z.array(z.string()),
  csrfToken: z.string().describe('for the header x-csrf-token of every change'),
  openedMs: epochMs,
  endsMs: epochMs.describe('at the latest'),
  idleEndsMs: epochMs.describe('unless a request comes before'),
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

export const permissionCheckAnswer = z.object({
  user: z.string(),
  enters: z.boolean().describe('may enter the virtual host'),
  configure: z.boolean(),
  write: z.boolean(),
  read: z.boolean(),
  topicWrite: z.boolean().optional().describe('may publish with the routing key'),
  topicRead: z.boolean().optional().describe('may bind by the routing key'),
});

export const vhostDetailAnswer = z.object({
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  queuesMax: count.optional(),
  connectionsMax: count.optional(),
  queues: count,
  messages: count,
  connections: count,
  users: count.describe('who may enter it'),
});

export const auditAnswer = z.object({
  items: z.array(
    z.object({
      sequence: z.int(),
      atMs: epochMs,
      event: z.string(),
      actor: z.string(),
      source: z.string(),
      subject: z.string(),
      outcome: z.string(),
      reason: z.string().optional(),
      count: count.describe('how many equal ones it stands for'),
      hash: z.string(),
      isIntact: z.boolean().describe('it is as it was written; /v1/audit/verify checks the whole chain'),
    }),
  ),
  next: z.string().optional().describe('what `after` takes; left out: there is nothing older'),
  reachedMs: epochMs.optional().describe('the oldest record that was looked at'),
  unreadable: count.describe('lines that are no records'),
});

export const vhostAnswer = z.object({ name: z.string() });
export const changedAnswer = z.object({ changed: z.boolean() });
export const countAnswer = z.object({ messages: count });
export const whoAnswer = z.object({ name: z.string(), tags: z.array(z.string()) });
