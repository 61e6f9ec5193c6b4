/**
 * Dead letters sent back: a redrive of Sluice's against RabbitMQ's shovel, from the request until the target holds them
 * all. Durable queues, persistent messages, the servers in turn (ours, theirs, ours, …), medians and ratios.
 *
 *   npm run bench -- redrive [--pairs 3] [--letters 20000] [--sizes 128,1024] [--against rabbitmq|none] [--beside] [--profile]
 *
 * Letters are made by rejecting, and go back to the queue that rejected them. The shovel is dynamic, from queue to queue
 * within the server, acknowledges on confirm, and ends after what was there when it began. `--beside`: one message at a
 * time goes through another queue meanwhile, and is timed.
 */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { rabbitUnavailable, startRabbit } from '../../tests/support/start-rabbit.mjs';
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { listOf, parseFlags } from '../support/flags.mjs';
import { processorMicroseconds } from '../support/process-usage.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, medians, table } from '../support/statistics.mjs';
import { deliverBeside } from './beside.mjs';
import { holding } from './holding.mjs';
import { senders } from './senders.mjs';

const defaults = {
  pairs: 3,
  letters: 20_000,
  sizes: '128,1024',
  against: 'rabbitmq',
  beside: false,
  profile: false,
};
const clientUrl = new URL('./letters-client.mjs', import.meta.url);
const header = ['', 'letters/s', 'ratio', 'server µs/letter', 'runs'];
const besideHeader = ['beside, p50 ms', 'p99 ms', 'max ms'];

/** The shovel alone: no statistics of the management plugin are made beside it. */
const rabbitOptions = {
  plugins: ['rabbitmq_management', 'rabbitmq_shovel', 'rabbitmq_shovel_management'],
  configuration: ['disk_free_limit.absolute = 50MB', 'management_agent.disable_metrics_collector = true'],
};

/** The servers to compare, ours first. */
async function startServers({ against, profile }) {
  const nodeFlags = profile ? ['--cpu-prof', '--cpu-prof-dir=bench/results'] : [];
  const servers = [await startSluice({ nodeFlags })];
  if (against !== 'rabbitmq') return servers;
  const reason = rabbitUnavailable();
  if (reason === undefined) servers.push(await startRabbit(rabbitOptions));
  else process.stdout.write(`rabbitmq is left out: ${reason}\n`);
  return servers;
}

/** Makes the letters, sends them back, and tells how long that took. */
async function measure(server, { letters, sizeBytes, beside }) {
  const [work, dead] = ['bench.work', 'bench.dead'];
  await runWorker(clientUrl, { url: server.url, work, dead, letters, sizeBytes });
  const connection = await new AMQPClient(server.url).connect();
  const channel = await connection.channel();
  const besideIt = beside ? await deliverBeside(server.url) : undefined;
  const spentBefore = await processorMicroseconds(server.pid);
  const startedAt = performance.now();
  const done = await senders[server.kind](server, { work, dead, letters });
  await holding(channel, work, letters);
  await done();
  const seconds = (performance.now() - startedAt) / 1000;
  const spent = (await processorMicroseconds(server.pid)) - spentBefore;
  const latencies = await besideIt?.end();
  await holding(channel, dead, 0);
  for (const queue of [work, dead]) await channel.queueDelete(queue);
  await connection.close();
  const processorMicrosecondsPerLetter = spent / letters;
  return { lettersPerSecond: letters / seconds, processorMicrosecondsPerLetter, ...latencies };
}

function besideCells({ besideP50Ms, besideP99Ms, besideMaxMs }) {
  return [besideP50Ms, besideP99Ms, besideMaxMs].map((ms) => figure(ms, 1));
}

async function compare(servers, { pairs, letters, sizeBytes, beside }) {
  const runs = servers.map(() => []);
  // The first pair warms both up, and is not told of.
  for (let pair = -1; pair < pairs; pair++) {
    for (const [index, server] of servers.entries()) {
      const run = await measure(server, { letters, sizeBytes, beside });
      if (pair >= 0) runs[index].push(run);
    }
  }
  const middles = runs.map(medians);
  const rows = servers.map(({ kind }, index) => [
    kind,
    figure(middles[index].lettersPerSecond),
    figure(middles[0].lettersPerSecond / middles[index].lettersPerSecond, 2),
    figure(middles[index].processorMicrosecondsPerLetter, 1),
    runs[index].map((run) => figure(run.lettersPerSecond)).join(' '),
    ...(beside ? besideCells(middles[index]) : []),
  ]);
  const headers = beside ? [...header, ...besideHeader] : header;
  process.stdout.write(`${letters} letters of ${sizeBytes} bytes\n${table([headers, ...rows])}\n\n`);
  return {
    sizeBytes,
    servers: servers.map(({ kind, version }, index) => ({
      ...{ kind, version, median: middles[index], runs: runs[index] },
    })),
  };
}

async function run(words) {
  const { sizes, ...flags } = parseFlags(words, defaults);
  const servers = await startServers(flags);
  try {
    const names = servers.map(({ kind, version }) => `${kind} ${version}`.trim());
    process.stdout.write(`${names.join(', ')}\n${machineLine()}\n${JSON.stringify({ ...flags, sizes })}\n\n`);
    const results = [];
    for (const size of listOf(sizes))
      results.push(await compare(servers, { ...flags, sizeBytes: Number(size) }));
    process.stdout.write(`Kept in ${await writeResult('redrive', { ...flags, sizes }, results)}\n`);
  } finally {
    for (const server of servers) await server.stop();
  }
}

await run(process.argv.slice(2));
