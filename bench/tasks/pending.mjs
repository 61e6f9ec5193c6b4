/**
 * Many pending tasks in deadline order: how fast the queue chooses and removes, without journal and bodies, and what a
 * pending task takes of an engine's memory beyond its payload, which is on the disk.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureChoices } from '../scheduling/pending.mjs';
import { runWorker } from '../support/run-worker.mjs';
import { figure, medians, table } from '../support/statistics.mjs';

const clientUrl = new URL('./pending-client.mjs', import.meta.url);

async function onEngine(settings) {
  const url = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    return await runWorker(clientUrl, { ...settings, url });
  } finally {
    await rm(url, { recursive: true, force: true });
  }
}

/** Prints the table; gives every run and the medians. */
export async function measurePending(settings) {
  const runs = [];
  for (let round = 0; round < settings.rounds; round++) {
    const { perSecond, perProcessorSecond } = measureChoices({ ...settings, order: 'deadline', tenants: 0 });
    runs.push({ perSecond, perProcessorSecond, ...(await onEngine(settings)) });
    process.stderr.write(`round ${round + 1} of ${settings.rounds}\n`);
  }
  const median = medians(runs);
  const rows = [
    [`${figure(settings.pending)} pending, by deadline`, ''],
    ['chosen and removed a second', figure(median.perSecond)],
    ['chosen and removed a second of processor time', figure(median.perProcessorSecond)],
    ['bytes of heap and typed arrays a task', figure(median.usedBytesATask)],
    ['bytes of resident memory a task', figure(median.residentBytesATask)],
    ['enqueued a second, an engine on a directory', figure(median.enqueuedPerSecond)],
    ['processed a second, the same', figure(median.processedPerSecond)],
  ];
  process.stdout.write(`${table(rows)}\n`);
  return { median, runs };
}
