/**
 * A trace through BullMQ, which has priorities (1 first, 2,097,152 last) and no deadlines: none at all (`fifo`), one for
 * each kind of task by how soon it is due (`bands`), or the deadline itself in milliseconds (`deadline`), which a queue
 * can have for 35 minutes before the numbers end.
 */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const priorities = {
  fifo: () => 0,
  bands: ({ priority }) => 4 - priority,
  deadline: ({ deadlineMs }) => 1 + Math.round(deadlineMs),
};

export async function connect({ url, order, workers }, run) {
  const connection = new Redis(url, { maxRetriesPerRequest: null, enableAutoPipelining: true });
  await connection.flushall();
  const queue = new Queue('trace', { connection });
  const worker = new Worker('trace', ({ data }) => run(data), {
    ...{ connection, concurrency: workers },
    removeOnComplete: { count: 0 },
  });
  await worker.waitUntilReady();
  return {
    enqueue: (payload, message) => queue.add('trace', payload, { priority: priorities[order](message) }),
    async close() {
      await worker.close();
      await queue.close();
      connection.disconnect();
    },
  };
}
