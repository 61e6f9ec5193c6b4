/**
 * The engine port: what a program gets through `open`, durable, by engine.
 *
 *   npm run bench -- engines [--engines embedded,sluice,rabbitmq] [--size 128] [--messages 100000] [--rounds 3]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '../../dist/index.js';
import { rabbitUnavailable, startRabbit } from '../../tests/support/start-rabbit.mjs';
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { figure, medians, table } from '../support/statistics.mjs';

const defaults = { engines: 'embedded,sluice,rabbitmq', size: 128, messages: 100_000, rounds: 3 };

const starts = {
  async embedded() {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    return { url: directory, stop: () => rm(directory, { recursive: true, force: true }) };
  },
  sluice: startSluice,
  async rabbitmq() {
    const reason = rabbitUnavailable();
    if (reason === undefined) return startRabbit();
    process.stdout.write(`rabbitmq is left out: ${reason}\n`);
    return undefined;
  },
};

/** Runs `work` over `count` messages: how many a second, and this process's microseconds for each. */
async function measure(count, work) {
  const [usage, startedAt] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(usage);
  return [(count / (performance.now() - startedAt)) * 1000, (user + system) / count];
}

async function sendSingly(queue, body, count, inFlight) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await queue.send(body);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function sendBatches(queue, body, count, batchSize) {
  const batch = Array.from({ length: batchSize }, () => body);
  for (let sent = 0; sent < count; sent += batchSize) await queue.sendAll(batch);
}

async function receive(queue, count) {
  let received = 0;
  for await (const message of queue.receive({ prefetch: 1000 })) {
    message.ack();
    if (++received === count) return;
  }
}

/** One round: fills and empties the queue in each way. Names are the rows of the table. */
async function round(queue, { messages, size }) {
  const body = Buffer.alloc(size, 'x');
  const few = Math.max(200, Math.floor(messages / 100));
  const results = {};
  const note = async (name, count, work) => {
    const [perSecond, microseconds] = await measure(count, work);
    results[`${name}, a second`] = perSecond;
    results[`${name}, processor µs`] = microseconds;
  };
  await note('send, 1 in flight', few, () => sendSingly(queue, body, few, 1));
  await note('send, 100 in flight', messages, () => sendSingly(queue, body, messages, 100));
  await note('send, batches of 1,000', messages, () => sendBatches(queue, body, messages, 1000));
  const { ready } = await queue.info();
  await note('receive and ack', ready, () => receive(queue, ready));
  await note('end to end', messages, async () => {
    const received = receive(queue, messages);
    await sendBatches(queue, body, messages, 1000);
    await received;
  });
  return results;
}

async function run(words) {
  const flags = parseFlags(words, defaults);
  const columns = [];
  process.stdout.write(`${machineLine()}\n\n`);
  for (const name of listOf(flags.engines)) {
    const server = await starts[name]();
    if (server === undefined) continue;
    const app = await open(server.url);
    try {
      const queue = app.queue('bench');
      await queue.declare();
      await round(queue, { ...flags, messages: Math.ceil(flags.messages / 5) });
      const rounds = [];
      for (let index = 0; index < flags.rounds; index++) rounds.push(await round(queue, flags));
      columns.push({ name, figures: medians(rounds) });
    } finally {
      await app.close();
      await server.stop();
    }
  }
  const names = Object.keys(columns[0]?.figures ?? {});
  const digits = (name) => (name.endsWith('µs') ? 1 : 0);
  const rows = names.map((name) => [
    name,
    ...columns.map(({ figures }) => figure(figures[name], digits(name))),
  ]);
  process.stdout.write(`${table([['', ...columns.map(({ name }) => name)], ...rows])}\n`);
  process.stdout.write(`\nKept in ${await writeResult('engines', flags, columns)}\n`);
}

await run(process.argv.slice(2));
