/** What the API answers of dead letters and redrives, as schemas. */
import { z } from 'zod';

const count = z.int().min(0);
const epochMs = z.number().describe('milliseconds since the Unix epoch');
const table = z.record(z.string(), z.unknown());

export const deadLetterQueueAnswer = z.object({
  vhost: z.string(),
  queue: z.string(),
  count: count.describe('letters that nobody has'),
  unacknowledged: count,
  bytes: count,
  consumers: count,
  sources: z.array(z.string()).describe('the queues that dead-letter into it'),
  kind: z.enum(['queue', 'tasks', 'quarantine']),
  oldestMs: epochMs.optional(),
  newestMs: epochMs.optional(),
});

const cause = {
  fingerprint: z.string().describe('the same for failures of one kind'),
  reason: z.string().describe('rejected, expired, maxlen, delivery_limit, failed or unknown'),
  source: z.string().optional().describe('the queue that it died in'),
  exception: z.string().optional(),
};

export const deathGroupsAnswer = z.object({
  groups: z.array(
    z.object({
      ...cause,
      words: z.string().describe('what was said, without what changes'),
      frames: z.array(z.string()),
      count,
      redriven: count.describe('of those, redriven before'),
      firstMs: epochMs,
      lastMs: epochMs,
      histogram: z.array(count).describe('by equal parts of the time from fromMs to toMs'),
      example: z.object({
        position: count,
        message: z.string().optional(),
        stack: z.string().optional(),
      }),
    }),
  ),
  total: count.describe('groups'),
  ungrouped: count,
  seen: count.describe('letters that were looked at'),
  unreadable: count,
  there: count.describe('letters in the queue'),
  next: count.optional().describe('the position to go on from'),
  fromMs: epochMs,
  toMs: epochMs,
});

export const lettersAnswer = z.object({
  items: z.array(
    z.object({
      position: count,
      arrivalMs: epochMs,
      ...cause,
      message: z.string().optional(),
      stack: z.string().optional(),
      origin: z.string().optional().describe('the queue that it would go back to'),
      redriven: count,
      state: z.string(),
      redelivered: z.boolean(),
      exchange: z.string().describe('as it was published first'),
      routingKey: z.string(),
      properties: table,
      headers: table.describe('without what its death left'),
      body: z.string().optional().describe('base64; left out: over 256 KiB'),
      bodyBytes: count,
    }),
  ),
  seen: count,
  next: count.optional(),
});

export const redriveAnswer = z.object({
  id: z.string(),
  vhost: z.string(),
  queue: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'stopped']),
  by: z.string(),
  startedMs: epochMs,
  endedMs: epochMs.optional(),
  group: z.string().optional(),
  named: count.optional(),
  to: z.string().optional(),
  ratePerSecond: z.number().optional(),
  guard: z.boolean(),
  isEdited: z.boolean(),
  total: count.optional(),
  seen: count.optional().describe('letters that were looked at'),
  sent: count,
  targets: z.record(z.string(), count),
  duplicates: count,
  homeless: count,
  missed: count,
  problem: z.string().optional(),
});

export const redrivePlanAnswer = z.object({
  matched: count,
  sendable: count,
  bytes: count,
  targets: z.array(z.object({ queue: z.string(), count, against: z.array(z.string()) })),
  homeless: count,
  duplicates: count,
  unnamed: count,
  failedAgain: count,
  seen: count,
  unseen: count,
});
