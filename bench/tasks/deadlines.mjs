/**
 * Missed deadlines on one bursty, overloaded trace: by order in simulation, and lived through in real time on Sluice and
 * on BullMQ's priorities; and that the order `deadline` misses none of what the analysis accepts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisUnavailable, startRedis } from '../../tests/support/start-redis.mjs';
import { analyze } from '../../dist/scheduling/index.js';
import { replay } from '../scheduling/replay.mjs';
import { acceptedTasks, acceptedTrace } from '../scheduling/trace.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, medians, table } from '../support/statistics.mjs';
import { shortTrace } from './short-trace.mjs';

const clientUrl = new URL('./deadlines-client.mjs', import.meta.url);
const orders = ['fifo', 'priority', 'deadline', 'laxity'];
const variants = orders.flatMap((order) => [false, true].map((sharesTenants) => ({ order, sharesTenants })));
const nameOf = ({ order, sharesTenants }) => `${order}${sharesTenants ? ', tenants share' : ''}`;
const bullmqNames = {
  fifo: 'bullmq, no priorities',
  bands: 'bullmq, a priority for each kind',
  deadline: 'bullmq, the deadline as priority',
};

function simulated(settings) {
  const trace = shortTrace(settings);
  return variants.map((variant) => ({
    name: `${nameOf(variant)} (simulated)`,
    ...replay(trace, { ...variant, workers: settings.workers }),
  }));
}

/** A way to live through the trace: its row's name, and one run. */
function onSluice(settings, variant) {
  const run = async () => {
    const url = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
    try {
      return await runWorker(clientUrl, { ...settings, ...variant, url, client: 'sluice' });
    } finally {
      await rm(url, { recursive: true, force: true });
    }
  };
  return { name: `sluice ${nameOf(variant)}`, run };
}

const onBullmq = (settings, url, order) => ({
  name: bullmqNames[order],
  run: () => runWorker(clientUrl, { ...settings, order, url, client: 'bullmq' }),
});

/** Redis for BullMQ, or undefined when it is not asked for or not there. */
async function startPeer(peers) {
  if (!peers.includes('bullmq')) return undefined;
  const reason = redisUnavailable();
  if (reason === undefined) return startRedis();
  process.stdout.write(`bullmq is left out: ${reason}\n`);
  return undefined;
}

/** Every way in turn, for so many rounds; medians. */
async function livedThrough(settings, peers) {
  const redis = await startPeer(peers);
  try {
    const ways = variants.map((variant) => onSluice(settings, variant));
    if (redis !== undefined)
      ways.push(...Object.keys(bullmqNames).map((order) => onBullmq(settings, redis.url, order)));
    const runs = ways.map(() => []);
    for (let round = 0; round < settings.rounds; round++) {
      for (const [index, way] of ways.entries()) {
        runs[index].push(await way.run());
        process.stderr.write(`round ${round + 1} of ${settings.rounds}: ${way.name}\n`);
      }
    }
    return ways.map(({ name }, index) => ({ name, ...medians(runs[index]), runs: runs[index] }));
  } finally {
    await redis?.stop();
  }
}

/** One worker, periodic tasks with utilisation below 1: the verdict, and what each order then misses. */
function accepted() {
  const { schedulable, utilisation } = analyze(acceptedTasks, { policy: 'edf' });
  const rows = ['deadline', 'fifo'].map((order) => ({
    name: `${order}, a set that the analysis ${schedulable ? 'accepts' : 'refuses'} (simulated)`,
    ...replay(acceptedTrace(), { order, workers: 1, sharesTenants: false }),
  }));
  return { schedulable, utilisation, rows };
}

function print(rows) {
  const percent = (part) => `${figure(part * 100, 2)} %`;
  const header = [
    'missed deadlines',
    'all',
    'the flooding tenant',
    'others',
    'latest by ms',
    'timer, ms over',
  ];
  const cells = rows.map(({ name, missed, missedByFlood, missedByOthers, worstLateMs, overrunMs }) => [
    name,
    ...[missed, missedByFlood, missedByOthers].map(percent),
    figure(worstLateMs),
    overrunMs === undefined ? '' : figure(overrunMs, 2),
  ]);
  process.stdout.write(`${table([header, ...cells])}\n\n`);
}

/** Prints the tables as it goes; gives their rows. */
export async function compareDeadlines(settings, peers) {
  const inSimulation = simulated(settings);
  print(inSimulation);
  const inRealTime = await livedThrough(settings, peers);
  print(inRealTime);
  const acceptance = accepted();
  process.stdout.write(`utilisation ${figure(acceptance.utilisation, 2)}, one worker\n`);
  print(acceptance.rows);
  return { inSimulation, inRealTime, accepted: acceptance };
}
