/**
 * One engine on a directory, filled with tasks of random deadlines that nobody takes, then worked off: resident memory
 * before and after in bytes for each task, what of it is heap and typed arrays, and how many are worked off a second.
 */
import { setTimeout } from 'node:timers/promises';
import { open } from '../../dist/index.js';
import { seededRandom } from '../../dist/kernel/index.js';
import { usedBytes } from '../scheduling/pending.mjs';
import { residentBytes } from '../support/process-usage.mjs';

const { url, pending, seed, batch, concurrency } = JSON.parse(process.argv[2]);
const random = seededRandom(seed);
const app = await open({ engine: url });
const task = app.task('pending', { deadline: '1h', run: () => undefined });

/** Batches of one deadline each: an engine cannot tell, as it orders single tasks. */
async function fill(count) {
  for (let sent = 0; sent < count; sent += batch) {
    const payloads = Array.from({ length: batch }, (_, at) => ({ order: sent + at, cents: 1250 }));
    await task.enqueueAll(payloads, { deadline: new Date(Date.now() + 3.6e6 + random.integer(1e9)) });
  }
}

async function drain(count) {
  const worker = app.worker({ tasks: [task], concurrency });
  let left = count;
  await new Promise((resolve) => worker.on('completed', () => --left === 0 && resolve()));
  await worker.close();
}

async function memory() {
  const used = await usedBytes();
  return { used, resident: (await residentBytes(process.pid)).now };
}

// The journal's own buffers and the compiled code belong to no task.
const warmUp = Math.ceil(pending / 10 / batch) * batch;
await fill(warmUp);
await drain(warmUp);
await setTimeout(200);
const before = await memory();
const filledAt = performance.now();
await fill(pending);
const fillMs = performance.now() - filledAt;
const after = await memory();
const startedAt = performance.now();
await drain(pending);
const drainMs = performance.now() - startedAt;
await app.close();
process.stdout.write(
  JSON.stringify({
    usedBytesATask: (after.used - before.used) / pending,
    residentBytesATask: (after.resident - before.resident) / pending,
    enqueuedPerSecond: (pending / fillMs) * 1000,
    processedPerSecond: (pending / drainMs) * 1000,
  }) + '\n',
);
process.exit(0);
