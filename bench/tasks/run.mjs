/**
 * Tasks, against the task queues of Node: BullMQ on Redis, graphile-worker and pg-boss on PostgreSQL. Servers run on
 * free ports and are started from Debian's packages; a system whose server is missing is left out, and said to be.
 *
 *   npm run bench -- tasks [--against bullmq,graphile-worker,pg-boss] [--ours embedded,amqp] [--tasks 40000] [--rounds 3]
 *     [--batch 1000] [--bulk-in-flight 4] [--in-flight 100] [--samples 1000] [--quick]
 *     [--tune '{"bullmq":{"concurrency":300}}']
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { namesOf, systems } from './systems.mjs';
import { compareThroughput } from './throughput.mjs';

const defaults = {
  against: 'bullmq,graphile-worker,pg-boss',
  ours: 'embedded,amqp',
  tasks: 40_000,
  rounds: 3,
  batch: 1_000,
  'bulk-in-flight': 4,
  'in-flight': 100,
  samples: 1_000,
  tune: '{}',
  quick: false,
};
const quick = { tasks: 2_000, rounds: 1, samples: 50 };

/** A system by its name, with what the user would have otherwise in its tuning. */
function systemOf(name, tune) {
  const system = systems[name];
  if (system === undefined)
    throw new Error(`there is no system ${name}; known: ${Object.keys(systems).join(', ')}`);
  return { name, ...system, tuning: { ...system.tuning, ...tune[name] } };
}

/** Starts each; those whose server is missing are told and left out. */
async function startSystems(names, tune, started) {
  for (const name of names) {
    const system = systemOf(name, tune);
    const reason = system.needs();
    if (reason === undefined) started.push({ system, server: await system.start() });
    else process.stdout.write(`${system.label} is left out: ${reason}\n`);
  }
  if (started.length === 0) throw new Error('nothing to measure');
}

function settingsOf(flags) {
  const { batch, 'bulk-in-flight': bulkInFlight, 'in-flight': inFlight } = flags;
  const { tasks, rounds, samples } = flags.quick ? { ...flags, ...quick } : flags;
  // Whole batches, in the warm-up too, which is a fifth.
  return { tasks: Math.ceil(tasks / batch) * batch, rounds, samples, batch, bulkInFlight, inFlight };
}

async function run(words) {
  const flags = parseFlags(words, defaults);
  const settings = settingsOf(flags);
  const started = [];
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  process.stdout.write(`${machineLine()}\n`);
  try {
    const names = namesOf(listOf(flags.ours), listOf(flags.against));
    await startSystems(names, JSON.parse(flags.tune), started);
    const servers = started.map(({ system, server }) => `${system.name} ${server.version ?? ''}`.trim());
    process.stdout.write(`${servers.join(', ')}\n${JSON.stringify(settings)}\n\n`);
    const results = await compareThroughput(started, { ...settings, directory });
    process.stdout.write(`\nKept in ${await writeResult('tasks', { ...settings, servers }, results)}\n`);
  } finally {
    for (const { server } of started) await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

await run(process.argv.slice(2));
