/** Waits for a table to say that nothing is left: workers that settle in batches tell of a job before it is settled. */
import { setTimeout } from 'node:timers/promises';

const pauseMs = 5;

/** Resolves once `query` gives no row. */
export async function untilEmpty(pool, query) {
  while ((await pool.query(query)).rowCount > 0) await setTimeout(pauseMs);
}
