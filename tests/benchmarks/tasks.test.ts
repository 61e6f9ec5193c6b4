/** The benchmark of tasks runs to its end on every system whose server is here, and gives each of its figures. */
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { unbuilt } from '../support/built.js';
import { runProgram } from '../support/child.mjs';
import { postgresUnavailable } from '../support/start-postgres.mjs';
import { redisUnavailable } from '../support/start-redis.mjs';

const script = fileURLToPath(new URL('../../bench/tasks/run.mjs', import.meta.url));
const few = ['--tasks', '500', '--batch', '100', '--samples', '25', '--rounds', '1'];
const rows = ['enqueue, batches', 'enqueue, singly', 'process', 'enqueue and process'];

interface Kept {
  readonly results: readonly { readonly name: string; readonly median: Readonly<Record<string, number>> }[];
}

function requireServer(context: TestContext, reason: string | undefined): void {
  if (reason === undefined) return;
  if (process.env['SLUICE_REQUIRE_ALL'] === '1') throw new Error(reason);
  context.skip(reason);
}

async function bench(...flags: readonly string[]): Promise<Kept> {
  const { code, stdout, stderr } = await runProgram(process.execPath, [script, ...few, ...flags], {
    timeoutMs: 120_000,
  });
  expect(code, stderr).toBe(0);
  const path = /^Kept in (.+)$/m.exec(stdout)![1]!;
  const kept = JSON.parse(await readFile(path, 'utf8')) as Kept;
  await rm(path);
  return kept;
}

const cases = [
  { against: 'none', names: ['embedded', 'amqp'], reason: unbuilt },
  { against: 'bullmq', names: ['bullmq', 'bullmq-always'], reason: unbuilt ?? redisUnavailable() },
  {
    against: 'graphile-worker,pg-boss',
    names: ['graphile-worker', 'pg-boss'],
    reason: unbuilt ?? postgresUnavailable(),
  },
];

for (const { against, names, reason } of cases) {
  test(`the figures of ${names.join(' and ')}`, { timeout: 150_000 }, async (context) => {
    requireServer(context, reason);
    const ours = against === 'none' ? names.join(',') : 'none';
    const { results } = await bench('--ours', ours, '--against', against);
    expect(results.map(({ name }) => name)).toEqual(names);
    for (const { name, median } of results)
      for (const row of rows) expect(median[`${row}, a second`], `${name}: ${row}`).toBeGreaterThan(0);
  });
}
