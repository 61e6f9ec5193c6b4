/**
 * The systems that tasks are measured on: how each is started, how it is tuned, and what it promises by answering. The
 * peers are the newest releases that run on Node 20: graphile-worker 0.18 and pg-boss 11 ask for Node 22.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresUnavailable, startPostgres } from '../../tests/support/start-postgres.mjs';
import { redisUnavailable, startRedis } from '../../tests/support/start-redis.mjs';
import { startSluice } from '../../tests/support/start-sluice.mjs';

const always = () => undefined;

async function startDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  return { url: directory, pid: undefined, stop: () => rm(directory, { recursive: true, force: true }) };
}

const sluiceTuning = { concurrency: 1_000 };

/** As BullMQ's guide has it for short jobs: many at a time in one worker, done jobs removed; commands of a turn sent together. */
const bullmqTuning = { concurrency: 300, removeOnComplete: { count: 0 }, autoPipelining: true };

/** As in graphile-worker's notes on performance: batches fetched ahead, completions written in batches. */
const graphileTuning = {
  connections: 25,
  concurrentJobs: 24,
  localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};

/**
 * Large batches, and told to fetch the next at once (`notifyWorker`) rather than to poll. Both databases' statistics are
 * brought up to date (`analyze`) before the work is measured, as autovacuum does it in time: without, a task cost pg-boss
 * 200 to 500 µs of the server, and with it 27.
 */
const pgBossTuning = { connections: 20, workers: 2, batchSize: 2_000 };

const postgres = { needs: postgresUnavailable, start: startPostgres, isPeer: true, isSynced: true };
const everyTransaction = 'its transaction is flushed to the disk (synchronous_commit on)';

/**
 * By name. `scale` is how many tasks it is given for one of a peer's, so that a measurement takes about as long;
 * `isSynced`: a peer whose answer means the disk. `promise` is what an enqueue that was answered means, `outcome` what is left of a task that is done.
 */
export const systems = {
  embedded: {
    label: 'sluice embedded',
    ...{ client: 'sluice', needs: always, start: startDirectory, isPeer: false, scale: 5 },
    tuning: sluiceTuning,
    promise: 'on the disk (fdatasync)',
    outcome: 'kept for an hour; completion and outcome are one record, on the disk before it is told',
  },
  amqp: {
    label: 'sluice amqp',
    ...{ client: 'sluice', needs: always, start: startSluice, isPeer: false, scale: 2 },
    tuning: sluiceTuning,
    promise: 'on the disk of the server (fdatasync)',
    outcome: 'as embedded',
  },
  bullmq: {
    label: 'bullmq',
    ...{ client: 'bullmq', needs: redisUnavailable, start: () => startRedis(), isPeer: true, scale: 1 },
    tuning: bullmqTuning,
    promise:
      'in the memory of Redis; on the disk within a second (appendfsync everysec): a crash loses the last second',
    outcome: 'removed; the removal is on the disk within a second',
  },
  'bullmq-always': {
    label: 'bullmq, fsync always',
    ...{ client: 'bullmq', needs: redisUnavailable, start: () => startRedis({ sync: 'always' }) },
    ...{ isPeer: true, isSynced: true, scale: 1 },
    tuning: bullmqTuning,
    promise: 'on the disk (appendfsync always)',
    outcome: 'removed, on the disk before it is told',
  },
  'graphile-worker': {
    label: 'graphile-worker',
    ...{ client: 'graphile-worker', ...postgres, scale: 1 },
    tuning: graphileTuning,
    promise: everyTransaction,
    outcome: 'the job is deleted, in a batch after the task; a crash before runs it again',
  },
  'pg-boss': {
    label: 'pg-boss',
    ...{ client: 'pg-boss', ...postgres, scale: 1 },
    tuning: pgBossTuning,
    promise: everyTransaction,
    outcome: 'kept; a batch is completed after its last task',
  },
};

const readPackage = (name) =>
  JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'));

/** A started system with its release, and its server's. */
export function releaseOf({ system, server }) {
  if (!system.isPeer) return system.label;
  return `${system.label} ${readPackage(system.client).version} (${server.kind} ${server.version})`;
}

/**
 * Those to measure; `none` names nothing. `bullmq` in a list of peers means both of its rows: only the second promises
 * what the others do.
 */
export function namesOf(ours, against) {
  const peers = against.flatMap((name) => (name === 'bullmq' ? ['bullmq', 'bullmq-always'] : [name]));
  return [...ours, ...peers].filter((name) => name !== 'none');
}
