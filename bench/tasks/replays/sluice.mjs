/** A trace through an engine on a directory, in one of its orders. Late tasks run all the same. */
import { open } from '../../../dist/index.js';

export async function connect({ url, order, sharesTenants, workers }, run) {
  const app = await open({ engine: url });
  const queue = app.queue('trace', { order, ...(sharesTenants ? { fair: { '*': 1 } } : {}) });
  await queue.declare();
  const task = app.task('trace', { queue, run });
  const worker = app.worker({ tasks: [task], concurrency: workers });
  await worker.ready;
  return {
    enqueue: (payload, { costMs, deadlineMs, priority, tenant }, startedMs) =>
      task.enqueue(payload, {
        ...{ priority, tenant, cost: `${costMs}ms` },
        deadline: new Date(startedMs + deadlineMs),
      }),
    close: () => app.close(),
  };
}
