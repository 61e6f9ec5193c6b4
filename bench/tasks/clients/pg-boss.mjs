/** pg-boss. A batch is completed after its handler has returned, unseen: the table says when that was. */
import PgBoss from 'pg-boss';
import pg from 'pg';
import { untilEmpty } from './until-empty.mjs';

const name = 'noop';

export async function connect({ url, tuning }, onDone) {
  const boss = new PgBoss({
    connectionString: url,
    max: tuning.connections,
    supervise: false,
    schedule: false,
  });
  boss.on('error', (error) => process.stderr.write(`${error.message}\n`));
  await boss.start();
  await boss.createQueue(name);
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await pool.query('truncate pgboss.job');
  return {
    enqueue: (payload) => boss.send(name, payload),
    enqueueAll: (payloads) => boss.insert(payloads.map((data) => ({ name, data }))),
    filled: () => pool.query('analyze pgboss.job'),
    async work() {
      const ids = [];
      for (let worker = 0; worker < tuning.workers; worker++) {
        const id = await boss.work(
          name,
          { batchSize: tuning.batchSize, pollingIntervalSeconds: 0.5 },
          (jobs) => {
            // Else it would wait for the rest of its polling interval.
            boss.notifyWorker(id);
            for (const _ of jobs) onDone();
            return Promise.resolve();
          },
        );
        ids.push(id);
      }
      return { stop: () => Promise.all(ids.map((id) => boss.offWork({ id }))) };
    },
    settled: () =>
      untilEmpty(pool, `select from pgboss.job where name = '${name}' and state < 'completed' limit 1`),
    async close() {
      await boss.stop({ graceful: false, wait: true });
      await pool.end();
    },
  };
}
