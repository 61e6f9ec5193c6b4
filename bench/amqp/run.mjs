/**
 * Sluice against RabbitMQ over AMQP 0-9-1: both servers on free ports, the same client program driving them
 * in turn (ours, theirs, ours, theirs, …), medians printed and kept as JSON.
 *
 *   npm run bench -- amqp --against rabbitmq [--seconds 10] [--warmup 3] [--pairs 3] [--size 128,1024]
 *     [--queue-type classic,quorum] [--in-flight 1000] [--connections 1] [--rabbitmq-root DIR]
 *     [--against none] [--ours none] [--perftest] [--one-in-flight] [--echo]
 */
import { startEcho } from './start-echo.mjs';
import { startRabbit } from '../../tests/support/start-rabbit.mjs';
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { oneInFlight } from './one-in-flight.mjs';
import { perfTest } from './perftest.mjs';
import { compareThroughput } from './compare.mjs';

const defaults = {
  against: 'rabbitmq',
  ours: 'sluice',
  seconds: 10,
  warmup: 3,
  pairs: 3,
  size: '128,1024',
  'queue-type': 'classic,quorum',
  'in-flight': 1000,
  connections: 1,
  'rabbitmq-root': '',
  producers: 4,
  consumers: 4,
  samples: 2000,
  perftest: false,
  'one-in-flight': false,
  echo: false,
  profile: false,
};

/** The servers to compare, ours first. */
async function startServers(flags) {
  const servers = [];
  const nodeFlags = flags.profile ? ['--cpu-prof', '--cpu-prof-dir=bench/results'] : [];
  if (flags.ours === 'sluice') servers.push(await startSluice({ nodeFlags }));
  if (flags.against === 'rabbitmq') servers.push(await startRabbit({ root: flags['rabbitmq-root'] }));
  if (flags.echo) servers.push(await startEcho());
  if (servers.length === 0) throw new Error('nothing to measure: both sides are none');
  return servers;
}

export async function run(words) {
  const flags = parseFlags(words, defaults);
  const settings = {
    sizes: listOf(flags.size).map(Number),
    queueTypes: listOf(flags['queue-type']),
    pairs: flags.pairs,
    warmupMs: flags.warmup * 1000,
    measureMs: flags.seconds * 1000,
    inFlightMax: flags['in-flight'],
    prefetch: 1000,
    acknowledgeEvery: 100,
    connections: flags.connections,
    producers: flags.producers,
    consumers: flags.consumers,
    samples: flags.samples,
  };
  const servers = await startServers(flags);
  try {
    const names = servers.map((server) => `${server.kind} ${server.version}`.trim());
    process.stdout.write(`${names.join(', ')}\n${machineLine()}\n\n`);
    const scenario = flags.perftest ? perfTest : flags['one-in-flight'] ? oneInFlight : compareThroughput;
    const name = flags.perftest ? 'amqp-perftest' : flags['one-in-flight'] ? 'amqp-one-in-flight' : 'amqp';
    const results = await scenario(servers, settings);
    const path = await writeResult(name, { ...settings, servers: names }, results);
    process.stdout.write(`\nKept in ${path}\n`);
  } finally {
    for (const server of servers) await server.stop();
  }
}

await run(process.argv.slice(2));
