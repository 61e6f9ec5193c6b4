/**
 * What a backlog costs, and a crowd: memory, restart, and rates.
 *
 *   npm run bench -- memory [--count 10000000] [--kinds plain,ttl,priority,deadline,key,all] [--size 128]
 *     [--in-flight 2000] [--rate-count 200000] [--crowd 10000] [--only backlog|queues|connections]
 *     [--server sluice|rabbitmq] [--rabbitmq-root DIR]
 */
import { startRabbit } from '../../tests/support/start-rabbit.mjs';
import { startSluice } from '../../tests/support/start-sluice.mjs';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { figure, table } from '../support/statistics.mjs';
import { measureBacklog } from './backlog.mjs';
import { measureCrowd } from './crowd.mjs';
import { kinds } from './plan.mjs';

const flags = parseFlags(process.argv.slice(2), {
  count: 10_000_000,
  kinds: Object.keys(kinds).join(','),
  size: 128,
  'in-flight': 2000,
  'rate-count': 200_000,
  crowd: 10_000,
  seconds: 5,
  only: 'backlog,queues,connections',
  server: 'sluice',
  'rabbitmq-root': '',
});

/** Runs `measure` on a server of its own, so that no case inherits another's memory. */
async function onServer(measure) {
  const server =
    flags.server === 'sluice' ? await startSluice() : await startRabbit({ root: flags['rabbitmq-root'] });
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

const settings = {
  count: flags.count,
  sizeBytes: flags.size,
  inFlightMax: flags['in-flight'],
  rateCount: flags['rate-count'],
  measureMs: flags.seconds * 1000,
  progress: process.stderr.isTTY === true,
};

async function backlogs() {
  const header = [
    'backlog',
    'RSS MiB',
    'peak',
    'restarted',
    'first s',
    'fill/s',
    'publish ratio',
    'consume ratio',
  ];
  const results = [];
  for (const kind of listOf(flags.kinds)) {
    results.push(await onServer((server) => measureBacklog(server, { ...settings, kind })));
  }
  const rows = results.map((result) => [
    `${figure(result.count)} ${result.kind}`,
    figure(result.residentMebibytes),
    figure(result.residentPeakMebibytes),
    figure(result.residentAfterRestartMebibytes),
    figure(result.firstDeliverySeconds, 1),
    figure(result.fillMessagesPerSecond),
    figure(result.publishRatio, 2),
    figure(result.consumeRatio, 2),
  ]);
  process.stdout.write(`${table([header, ...rows])}\n\n`);
  return results;
}

async function crowd(queues, connections) {
  const result = await onServer((server) => measureCrowd(server, settings, { queues, connections }));
  const header = ['crowd', 'RSS MiB', 'before', 'gathered s', 'alone/s', 'crowded/s', 'ratio'];
  const row = [
    queues > 0 ? `${figure(queues)} queues` : `${figure(connections)} connections`,
    figure(result.residentMebibytes),
    figure(result.residentBeforeMebibytes),
    figure(result.gatherSeconds, 1),
    figure(result.alonePerSecond),
    figure(result.crowdedPerSecond),
    figure(result.ratio, 2),
  ];
  process.stdout.write(`${table([header, row])}\n\n`);
  return result;
}

process.stdout.write(`${machineLine()}\n\n`);
const chosen = listOf(flags.only);
const results = {};
if (chosen.includes('backlog')) results.backlogs = await backlogs();
if (chosen.includes('queues')) results.queues = await crowd(flags.crowd, 0);
if (chosen.includes('connections')) results.connections = await crowd(0, flags.crowd);
process.stdout.write(`Kept in ${await writeResult('memory', flags, results)}\n`);
