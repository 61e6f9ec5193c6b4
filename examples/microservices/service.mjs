/** What the three services share: the tasks that they ask of each other, and how a service starts and stops. */
import { join } from 'node:path';
import { open } from 'sluice';
import { Ledger } from './ledger.mjs';

/** Every service takes from a queue of its own; tasks of one order are done one after another. */
export const queueOf = {
  'order.place': 'orders',
  'order.event': 'orders',
  'payment.charge': 'payments',
  'payment.refund': 'payments',
  'stock.reserve': 'stock',
};

/** The task `name` about an order as a message, for `send`: it goes out with the completion of the one at work. */
export function ask(name, payload) {
  const { order } = payload;
  return [
    queueOf[name],
    { type: name, messageId: `${order}/${name}/${payload.state ?? ''}`, key: order, body: payload },
  ];
}

export async function openOn(directory) {
  const app = await open({ engine: join(directory, 'queue') });
  for (const queue of new Set(Object.values(queueOf))) await app.queue(queue).declare();
  return app;
}

export function declareTask(app, name, run) {
  return app.task(name, {
    queue: queueOf[name],
    key: ({ order }) => order,
    retry: { attempts: Infinity, delay: '100ms', delayMax: '5s' },
    ...(run === undefined ? {} : { run }),
  });
}

/** Runs a service until it is told to stop. `handlersOf` gives its handlers by task name. */
export async function serve(name, handlersOf) {
  const directory = process.argv[2];
  const ledger = new Ledger(join(directory, `${name}.jsonl`));
  const app = await openOn(directory);
  const handlers = handlersOf(ledger, (text) => console.log(`${name}: ${text}`));
  const tasks = Object.entries(handlers).map(([task, run]) => declareTask(app, task, run));
  const worker = app.worker({ tasks, concurrency: 4 });
  // Whoever supervises this process starts it again.
  worker.on('error', (error) => {
    console.error(`${name}: ${error.message}`);
    process.exit(1);
  });
  process.on('SIGTERM', async () => {
    await app.close();
    process.exit(0);
  });
  await worker.ready;
}
