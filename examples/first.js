// A task that is declared once, enqueued, worked on and awaited: on a directory, with nothing else running.
//   node examples/first.js
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'sluice';
import { z } from 'zod';

const directory = await mkdtemp(join(tmpdir(), 'sluice-first-'));
const app = await open({ engine: directory });

const order = z.object({ order: z.string(), org: z.string(), cents: z.number().int().positive() });
const receipt = z.object({ paid: z.string() });

const charge = app.task('charge', {
  input: order,
  output: receipt,
  key: (payload) => payload.order, // one after another for each order
  tenant: (payload) => payload.org,
  deadline: '2s',
  attemptTimeout: '5s',
  retry: { attempts: 5, backoff: 'exponential', delay: '100ms' },
});

charge.handle(async (payload, { taskId, attempt, signal, progress }) => {
  await progress({ step: 'asking the bank' });
  const response = await bank(payload, { idempotencyKey: taskId, attempt, signal });
  return { paid: response };
});

/** Fails the first time, as banks do. */
async function bank({ order: name, cents }, { attempt }) {
  if (attempt === 1) throw new Error('the bank did not answer');
  return `${cents / 100} for ${name}`;
}

const worker = app.worker({ tasks: [charge], concurrency: 16 });
worker.on('retried', ({ attempt, error, afterMs }) => {
  console.log(`attempt ${attempt} failed (${error.message}), again in ${afterMs} ms`);
});

const handle = await charge.enqueue(
  { order: 'A1', org: 'gold', cents: 1250 },
  { priority: 'high', dedupe: { id: 'A1', for: '1h' } },
);
const same = await charge.enqueue(
  { order: 'A1', org: 'gold', cents: 1250 },
  { dedupe: { id: 'A1', for: '1h' } },
);
console.log(`enqueued ${handle.id}; once more gives the same task: ${same.id === handle.id}`);
console.log('result:', await handle.result({ timeout: '5s' }));

const orders = [1, 2, 3].map((n) => ({ order: `B${n}`, org: 'silver', cents: n * 100 }));
const all = await app.gather(
  orders.map((payload) => charge.with(payload)),
  { concurrency: 8, onError: 'collect' },
);
console.log(
  'gathered:',
  all.map(({ value, reason }) => value ?? reason.message),
);

await app.close();
await rm(directory, { recursive: true, force: true });
