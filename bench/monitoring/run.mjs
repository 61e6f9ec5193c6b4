/**
 * What monitoring costs: two Sluice servers, one with everything measured and one with nothing, driven in turn by the
 * same client (on, off, off, on, …); processor time of the server for each message.
 *
 *   npm run bench -- monitoring [--pairs 10] [--seconds 5] [--warmup 2] [--size 128] [--queue-type classic]
 *     [--in-flight 1000] [--acknowledge 100] [--queues 0] [--broker] [--sampler]
 *
 * `--acknowledge`: deliveries that one acknowledgement settles. `--queues`: durable queues that stand idle beside the busy one, each measured once a second. `--broker`: the broker alone,
 * without sockets; `--queues` (1 unless given) are busy in turn then. `--sampler`: what measuring `--queues` (10,000
 * unless given) and as many consumers takes, once a second, by how many of them are busy.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { measureThroughput } from '../amqp/throughput.mjs';
import { brokerPair, LoadedBroker } from './broker-pairs.mjs';
import { measureSampler } from './sampler.mjs';
import { parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { figure, median, medianInterval, table } from '../support/statistics.mjs';

const defaults = {
  pairs: 10,
  seconds: 5,
  warmup: 2,
  size: 128,
  'queue-type': 'classic',
  'in-flight': 1000,
  acknowledge: 100,
  queues: 0,
  broker: false,
  sampler: false,
};

async function startServer(directory, enabled) {
  const path = join(directory, `${enabled ? 'on' : 'off'}.yaml`);
  await writeFile(path, `monitor:\n  enabled: ${enabled}\n`);
  return startSluice({ flags: ['--config', path] });
}

async function declareIdle(server, count) {
  if (count === 0) return;
  const connection = await new AMQPClient(server.url).connect();
  const channel = await connection.channel();
  for (let index = 0; index < count; index++)
    await channel.queueDeclare(`idle.${index}`, { durable: true, autoDelete: false });
  await connection.close();
}

async function measurePair(servers, settings, index) {
  const pair = {};
  // Whoever goes second finds a warmer machine: they take turns in that.
  for (const name of index % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
    const { messagesPerSecond, processorMicrosecondsPerMessage } = await measureThroughput(
      servers[name],
      settings,
    );
    pair[name] = { messagesPerSecond, microseconds: processorMicrosecondsPerMessage };
  }
  pair.ratio = pair.on.microseconds / pair.off.microseconds;
  printPair(pair, index);
  return pair;
}

/** The broker without sockets, in this process. */
async function measureBroker({ queues, size: sizeBytes, pairs: count }) {
  const settings = { queues: Math.max(1, queues), sizeBytes };
  const [on, off] = [await LoadedBroker.open(true, settings), await LoadedBroker.open(false, settings)];
  const pairs = [];
  try {
    await brokerPair(on, off, 60);
    for (let index = 0; index < count; index++) {
      on.read();
      pairs.push(await brokerPair(on, off, 40));
      printPair(pairs.at(-1), index);
    }
  } finally {
    await on.close();
    await off.close();
  }
  return pairs;
}

function printPair(pair, index) {
  const [on, off] = [pair.on, pair.off].map(({ microseconds }) => figure(microseconds, 2));
  process.stdout.write(`pair ${index + 1}: on ${on} µs, off ${off} µs, ratio ${figure(pair.ratio, 3)}\n`);
}

async function measureServers(flags, settings) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const servers = {};
  try {
    for (const name of ['on', 'off']) servers[name] = await startServer(directory, name === 'on');
    for (const server of Object.values(servers)) await declareIdle(server, flags.queues);
    const pairs = [];
    for (let index = 0; index < flags.pairs; index++) pairs.push(await measurePair(servers, settings, index));
    return pairs;
  } finally {
    for (const server of Object.values(servers)) await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function summary(pairs) {
  const of = (name, field) => median(pairs.map((pair) => pair[name][field]));
  const row = (name) => [name, figure(of(name, 'microseconds'), 2), figure(of(name, 'messagesPerSecond'), 0)];
  const header = ['median', 'processor µs a message', 'messages a second'];
  return {
    text: table([header, row('on'), row('off')]),
    ratioOfMedians: of('on', 'microseconds') / of('off', 'microseconds'),
    medianOfRatios: median(pairs.map(({ ratio }) => ratio)),
  };
}

function spreadOf(ratios) {
  const interval = medianInterval(ratios);
  const between =
    interval === undefined ? '' : `, 95 % between ${interval.map((each) => figure(each, 3)).join(' and ')}`;
  const sorted = [...ratios].sort((a, b) => a - b);
  return `median ${figure(median(sorted), 3)}${between} (all from ${figure(sorted[0], 3)} to ${figure(sorted.at(-1), 3)})`;
}

const samplerSeconds = 30;

async function runSampler({ queues: wanted }) {
  const queues = wanted === 0 ? 10_000 : wanted;
  process.stdout.write(`${machineLine()}\n${queues} queues with a consumer each\n\n`);
  const rows = [
    ['queues with a message a second', 'processor ms a second: median', 'mean', 'max', 'longest turn ms'],
  ];
  const results = [];
  for (const busy of [0, Math.round(queues / 20), queues]) {
    const found = await measureSampler({ queues, busy, seconds: samplerSeconds });
    const { processorMsMedian, processorMsMean, processorMsMax, turnMsMax } = found;
    const figures = [processorMsMedian, processorMsMean, processorMsMax, turnMsMax];
    rows.push([figure(busy), ...figures.map((each) => figure(each, 1))]);
    results.push({ busy, ...found });
  }
  process.stdout.write(`${table(rows)}\n\nKept in ${await writeResult('sampler', { queues }, results)}\n`);
}

export async function run(words) {
  const flags = parseFlags(words, defaults);
  if (flags.sampler) {
    await runSampler(flags);
    return;
  }
  const settings = {
    queueType: flags['queue-type'],
    sizeBytes: flags.size,
    warmupMs: flags.warmup * 1_000,
    measureMs: flags.seconds * 1_000,
    inFlightMax: flags['in-flight'],
    prefetch: 1_000,
    acknowledgeEvery: flags.acknowledge,
    connections: 1,
  };
  process.stdout.write(`${machineLine()}\n${JSON.stringify({ ...settings, queues: flags.queues })}\n\n`);
  const pairs = flags.broker ? await measureBroker(flags) : await measureServers(flags, settings);
  const { text, ratioOfMedians, medianOfRatios } = summary(pairs);
  const spread = spreadOf(pairs.map(({ ratio }) => ratio));
  process.stdout.write(`\n${text}\n\nratio of medians ${figure(ratioOfMedians, 3)}; of pairs ${spread}\n`);
  const turns = pairs.flatMap(({ turnRatios = [] }) => turnRatios);
  if (turns.length > 0) process.stdout.write(`ratio of ${turns.length} pairs of turns: ${spreadOf(turns)}\n`);
  const results = { pairs, ratioOfMedians, medianOfRatios, medianInterval: medianInterval(turns) };
  process.stdout.write(`\nKept in ${await writeResult('monitoring', flags, results)}\n`);
}

await run(process.argv.slice(2));
