/** What `/v1/engines` answers, as schemas. Invariant: what is left out is unknown, never zero. */
import { z } from 'zod';
import { exchangeAnswer, policyEffectAnswer, queueAnswer } from './answers.js';
import { foundMessageAnswer, searchAnswer } from './message-answers.js';

const table = z.record(z.string(), z.unknown());
const count = z.number().min(0).optional();
const epochMs = z.number().describe('milliseconds since the Unix epoch');

export const engineAnswer = z.object({
  engine: z.string(),
  kind: z.enum(['embedded', 'sluice', 'rabbitmq']).optional(),
  address: z.string().describe('without user and password; the own one: its directory'),
  management: z.string().optional(),
  version: z.string().optional(),
  isUp: z.boolean().optional().describe('whether it answers; left out: it was not asked yet'),
  sinceMs: epochMs.optional().describe('since when it answers, or does not'),
  triedMs: epochMs.optional().describe('when it was last asked'),
  problem: z.object({ text: z.string(), atMs: epochMs }).optional().describe('why it last did not answer'),
  isProbed: z.boolean(),
  availability: z
    .number()
    .optional()
    .describe('share of the time in which probe messages came back, since this server started'),
  nodes: count,
  nodesRunning: count,
  queues: count,
  ready: count,
  connections: count,
  alarms: z.array(z.string()).optional(),
  figures: z.record(z.string(), z.number()).describe("the engine's series of the catalogue"),
});

const node = z.object({
  name: z.string(),
  isRunning: z.boolean(),
  residentBytes: count,
  memoryLimitBytes: count,
  openDescriptors: count,
  descriptorsMax: count,
  diskFreeBytes: count,
  diskFreeLimitBytes: count,
  uptimeSeconds: count,
  alarms: z.object({ memory: z.boolean().optional(), disk: z.boolean().optional() }),
  partitions: z.array(z.string()).optional().describe('nodes that it has lost sight of'),
});

const role = z.enum(['leader', 'follower']);

export const engineDetailAnswer = engineAnswer.extend({
  capabilities: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['native', 'emulated', 'none']),
      limit: z.string().optional().describe('what an emulated one does not do; why there is none'),
    }),
  ),
  nodeList: z.array(node),
  replicas: z.array(
    z.object({
      vhost: z.string(),
      queue: z.string(),
      node: z.string(),
      role,
      inSync: z.boolean().optional(),
    }),
  ),
  replicasLeft: z.int().min(0).describe('copies that are not shown'),
});

const queueFigures = {
  vhost: z.string(),
  name: z.string(),
  type: z.string().optional(),
  paused: z.boolean().optional(),
  ready: count,
  unacknowledged: count,
  delayed: count,
  bytes: count,
  consumers: count,
  consumerCapacity: count,
  published: count,
  delivered: count,
  acknowledged: count,
  redelivered: count,
};

export const engineQueueAnswer = queueAnswer
  .partial()
  .extend({ ...queueFigures, copies: z.int().min(1) })
  .describe('as /v1/queues tells of a queue; what the engine does not tell is left out');

export const engineExchangeAnswer = exchangeAnswer.extend({
  publishedIn: count.describe('by clients, since the engine counts'),
  publishedOut: count.describe('of those, given to queues'),
});

export const engineEffectAnswer = policyEffectAnswer.partial({ ignored: true });

export const routedAnswer = z.object({ routed: z.boolean().describe('a queue took it; else it is gone') });

const act = z.object({
  kind: z.enum(['native', 'emulated', 'none']),
  limit: z.string().optional(),
  reason: z.string().optional(),
});

export const engineQueueDetailAnswer = z.object({
  engine: z.string(),
  ...queueFigures,
  copies: z.array(z.object({ node: z.string(), role, inSync: z.boolean().optional() })),
  durable: z.boolean().optional(),
  autoDelete: z.boolean().optional(),
  exclusive: z.boolean().optional(),
  arguments: table,
  state: z.string().optional(),
  node: z.string().optional(),
  policy: z.string().optional(),
  operatorPolicy: z.string().optional(),
  effectivePolicy: table,
  consumerList: z.array(
    z.object({
      tag: z.string(),
      connection: z.string(),
      prefetch: count.describe('0: without a limit'),
      acknowledges: z.boolean().optional(),
      isActive: z.boolean().optional(),
    }),
  ),
  bindings: z.array(z.object({ source: z.string(), routingKey: z.string(), arguments: table })),
  acts: z.object({ peek: act, search: act, publish: act, purge: act, move: act, pause: act }),
});

export const engineMessagesAnswer = z.object({
  items: z.array(
    z.object({
      exchange: z.string(),
      routingKey: z.string(),
      redelivered: z.boolean(),
      properties: table,
      body: z.string().describe('base64, of the first 50,000 bytes'),
      bodyBytes: z.int().min(0).describe('of the whole body'),
      behind: z
        .int()
        .min(0)
        .optional()
        .describe('of another engine: how many were ready behind it when it was handed out'),
    }),
  ),
});

export const engineMoveAnswer = z.object({
  moved: z.int().min(0),
  isDone: z.boolean().describe('false: the time was over, or others took them'),
});

const optional = { arrivalMs: true, deliveryCount: true } as const;

export const engineSearchAnswer = searchAnswer.partial({ total: true }).extend({
  items: z
    .array(foundMessageAnswer.partial(optional))
    .describe('of another engine: position from the front, up to 50,000 bytes of each body, 4 MiB of all'),
  stoppedBy: z
    .enum(['messages', 'bytes', 'time', 'found'])
    .optional()
    .describe('of another engine: why those behind were not looked at; left out: there were none'),
});
