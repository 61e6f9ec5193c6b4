/** BullMQ. A completion is told once Redis has answered; what that is worth is for its `appendfsync` to say. */
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

export async function connect({ url, tuning }, onDone) {
  const options = { maxRetriesPerRequest: null, enableAutoPipelining: tuning.autoPipelining };
  const connection = new Redis(url, options);
  await connection.flushall();
  const queue = new Queue('noop', { connection });
  await queue.waitUntilReady();
  return {
    enqueue: (payload) => queue.add('noop', payload),
    enqueueAll: (payloads) => queue.addBulk(payloads.map((data) => ({ name: 'noop', data }))),
    filled: () => Promise.resolve(),
    async work() {
      const { concurrency, removeOnComplete } = tuning;
      const worker = new Worker('noop', () => Promise.resolve(), {
        connection,
        concurrency,
        ...(removeOnComplete === undefined ? {} : { removeOnComplete }),
      });
      worker.on('completed', onDone);
      await worker.waitUntilReady();
      return { stop: () => worker.close() };
    },
    settled: () => Promise.resolve(),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
