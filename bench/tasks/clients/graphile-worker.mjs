/** graphile-worker. A job is deleted when it is done, in batches, after its events: the table says when that was. */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { untilEmpty } from './until-empty.mjs';

const jobsTable = 'graphile_worker._private_jobs';
const logger = new Logger(() => () => undefined);

export async function connect({ url, tuning }, onDone) {
  const pgPool = new pg.Pool({ connectionString: url, max: tuning.connections });
  // It wants somebody to listen; a lost connection shows in what fails by it.
  pgPool.on('error', (error) => process.stderr.write(`${error.message}\n`));
  pgPool.on('connect', (client) => client.on('error', () => undefined));
  const tools = await makeWorkerUtils({ pgPool, logger });
  await tools.migrate();
  await pgPool.query(`truncate ${jobsTable}`);
  return {
    enqueue: (payload) => tools.addJob('noop', payload),
    enqueueAll: (payloads) => tools.addJobs(payloads.map((payload) => ({ identifier: 'noop', payload }))),
    filled: () => pgPool.query(`analyze ${jobsTable}`),
    async work() {
      const { concurrentJobs, localQueue, completeJobBatchDelay, failJobBatchDelay } = tuning;
      const runner = await run({
        ...{ pgPool, logger, noHandleSignals: true, parsedCronItems: [] },
        taskList: { noop: () => undefined },
        preset: { worker: { concurrentJobs, localQueue, completeJobBatchDelay, failJobBatchDelay } },
      });
      runner.events.on('job:success', onDone);
      return { stop: () => runner.stop() };
    },
    settled: () => untilEmpty(pgPool, `select from ${jobsTable} limit 1`),
    async close() {
      await tools.release();
      await pgPool.end();
    },
  };
}
