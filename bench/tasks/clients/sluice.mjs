/** Sluice's own tasks, on a directory or on a server. A completion is told once it and its outcome are durable. */
import { open } from '../../../dist/index.js';

export async function connect({ url, tuning }, onDone) {
  const app = await open({ engine: url });
  const task = app.task('noop', { run: () => undefined });
  return {
    enqueue: (payload) => task.enqueue(payload),
    enqueueAll: (payloads) => task.enqueueAll(payloads),
    filled: () => Promise.resolve(),
    async work() {
      const worker = app.worker({ tasks: [task], concurrency: tuning.concurrency });
      worker.on('completed', onDone);
      await worker.ready;
      return { stop: () => worker.close() };
    },
    settled: () => Promise.resolve(),
    close: () => app.close(),
  };
}
