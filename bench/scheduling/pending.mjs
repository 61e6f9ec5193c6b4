/** Queues of the broker with many pending messages, without journal and bodies: what ordering alone costs. */
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newEntry } from '../../dist/broker/new-entry.js';
import { fieldTable } from '../../dist/broker/content/index.js';
import { EntryState } from '../../dist/broker/page.js';
import { readQueueSettings } from '../../dist/broker/queue-settings.js';
import { Queue } from '../../dist/broker/queue.js';
import { seededRandom } from '../../dist/kernel/index.js';

const account = { retain: () => undefined, release: () => undefined };

function filledQueue({ order, pending, tenants, seed }) {
  const random = seededRandom(seed);
  const table = fieldTable({ 'x-order': order, ...(tenants === 0 ? {} : { 'x-fair': {} }) });
  const queue = new Queue(
    {
      ...{ id: 1, vhost: '/', name: 'q', durable: true, exclusive: false, autoDelete: false },
      ...{
        arguments: table,
        settings: readQueueSettings(table, 'queue'),
        isJournaled: true,
        owner: undefined,
      },
    },
    account,
  );
  const entry = newEntry();
  entry.segment = 1;
  entry.size = 100;
  entry.isRanked = order !== 'fifo';
  entry.isShared = tenants > 0;
  for (let position = 0; position < pending; position++) {
    entry.position = position;
    entry.rank = entry.isRanked ? 1.7e12 + random.integer(1e9) : 0;
    if (tenants > 0) entry.tenantLow = 1 + random.integer(tenants);
    queue.admit(entry, undefined);
  }
  return queue;
}

/** Takes and settles every message in order; once to warm up, once to measure. */
export function measureChoices(shape) {
  drain(filledQueue({ ...shape, pending: Math.min(shape.pending, 100_000) }));
  const queue = filledQueue(shape);
  const startedAt = performance.now();
  const usedBefore = process.cpuUsage();
  drain(queue);
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(usedBefore);
  // On a machine that others use the processor time is what repeats.
  return {
    ...shape,
    perSecond: shape.pending / seconds,
    perProcessorSecond: (shape.pending * 1e6) / (user + system),
  };
}

function drain(queue) {
  for (let position = queue.pace.firstAt(0); position >= 0; position = queue.pace.firstAt(0)) {
    queue.pace.serve(position, 0);
    queue.take(position, EntryState.unacknowledged);
    queue.settle(position);
  }
}

/** Bytes for each pending message, of heap and typed arrays. */
export async function measureMemory(shape) {
  const before = await usedBytes();
  const queue = filledQueue(shape);
  const bytes = ((await usedBytes()) - before) / shape.pending;
  // Keeps the queue alive until here.
  return { ...shape, bytes, held: queue.backlog.live };
}

/** Bytes of heap and typed arrays, after a collection. */
export async function usedBytes() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // What typed arrays held is given back a little later than they are.
  for (let round = 0; round < 3; round++) {
    collect();
    await setTimeout(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
