// The task API from end to end: declared, enqueued, worked on, awaited, gathered, periodic, analysed. On a directory,
// with nothing else running; `node examples/first.js amqp://127.0.0.1` does the same on a server.
//   node examples/first.js
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'sluice';
import { z } from 'zod';

const directory = await mkdtemp(join(tmpdir(), 'sluice-first-'));
const app = await open({ engine: process.argv[2] || directory });

const order = z.object({ order: z.string(), org: z.string(), cents: z.number().int().positive() });
const receipt = z.object({ paid: z.string() });

const charge = app.task('charge', {
  input: order,
  output: receipt, // any Standard Schema
  key: (p) => p.order, // one after another for each order
  tenant: (p) => p.org, // and fair between organisations
  deadline: '2s', // from its release on
  attemptTimeout: '5s',
  cost: { p95: '40ms' }, // left out: learned
  arrivals: { atMost: '20/s' }, // for the analysis
  retry: { attempts: 5, backoff: 'exponential', delay: '100ms' },
  onLate: 'dead-letter', // or run, drop
});

charge.handle(async (p, { taskId, attempt, signal, progress, send }) => {
  await progress({ step: 'asking the bank' });
  send('receipts', { order: p.order }); // with the completion, or not at all
  return pay(p, { idempotencyKey: taskId, attempt, signal });
});

/** Fails the first time, as banks do. */
async function pay({ order: name, cents }, { attempt, signal }) {
  signal.throwIfAborted();
  if (attempt === 1) throw new Error('the bank did not answer');
  return { paid: `${cents / 100} for ${name}` };
}

await app.queue('receipts').declare();
const worker = app.worker({ tasks: [charge], concurrency: 16 });
worker.on('deadline-risk', ({ taskId, deadline }) => {
  console.log(`${taskId} may not be done by ${deadline.toISOString()}`);
});
worker.on('retried', ({ attempt, error, afterMs }) => {
  console.log(`attempt ${attempt} failed (${error.message}), again in ${afterMs} ms`);
});

const other = await charge.enqueue({ order: 'A0', org: 'gold', cents: 990 });
const payload = { order: 'A1', org: 'gold', cents: 1250 };
const options = { priority: 'high', delay: '1s', dedupe: { id: 'A1', for: '1h' }, after: [other] };
const handle = await charge.enqueue(payload, options);
const again = await charge.enqueue(payload, options);
console.log(`once more gives the same task: ${again.id === handle.id}`);
console.log((await handle.why()).text);
const done = await handle.result({ timeout: '5s' });
console.log('result:', done);

const later = await charge.enqueue({ order: 'A2', org: 'gold', cents: 1 }, { delay: '1h' });
const same = charge.find(later.id); // from any process
console.log('cancel:', await same.cancel('changed'));

const orders = [1, 2, 3].map((n) => ({ order: `B${n}`, org: 'silver', cents: n * 100 }));
const all = await app.gather(
  orders.map((o) => charge.with(o)),
  { concurrency: 8, onError: 'collect' },
);
console.log('gathered:', all.map(({ value, reason }) => value?.paid ?? reason.message).join(', '));

let rolledUp;
const firstRollup = new Promise((resolve) => (rolledUp = resolve));
const rollup = app.task('rollup', {
  every: '1s',
  deadline: '5s',
  cost: '300ms',
  run: () => rolledUp('rolled up'),
});
const report = app.task('report', {
  cron: '0 2 * * *',
  timezone: 'Asia/Shanghai',
  overlap: 'skip',
  run: () => console.log('a report, at two in the morning'),
});
app.worker({ tasks: [rollup, report] });
console.log(await firstRollup);

const plan = app.analyze({ workers: 4 }); // verdict, worst response, slack, fewest workers
console.log(`all deadlines can be met: ${plan.schedulable}`);

await app.close();
await rm(directory, { recursive: true, force: true });
