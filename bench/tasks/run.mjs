/**
 * Tasks, against the task queues of Node: BullMQ on Redis, graphile-worker and pg-boss on PostgreSQL. Servers run on
 * free ports and are started from Debian's packages; a system whose server is missing is left out, and said to be.
 *
 *   npm run bench -- tasks [--against bullmq,graphile-worker,pg-boss] [--ours embedded,amqp] [--tasks 40000] [--rounds 3]
 *     [--batch 1000] [--bulk-in-flight 4] [--in-flight 100] [--samples 1000] [--quick]
 *     [--tune '{"bullmq":{"concurrency":300}}']
 *   npm run bench -- tasks --deadlines [--seconds 25] [--stretch 4] [--load 1.1] [--seed 1] [--rounds 3] [--quick]
 *   npm run bench -- tasks --pending 1000000 [--rounds 3] [--quick]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listOf, parseFlags } from '../support/flags.mjs';
import { machineLine, writeResult } from '../support/results.mjs';
import { compareDeadlines } from './deadlines.mjs';
import { namesOf, releaseOf, systems } from './systems.mjs';
import { measurePending } from './pending.mjs';
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
  deadlines: false,
  pending: 0,
  seconds: 25,
  stretch: 4,
  load: 1.1,
  seed: 1,
  quick: false,
};
const quick = { tasks: 2_000, rounds: 1, samples: 50, seconds: 2 };

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

async function throughput(flags) {
  const settings = settingsOf(flags);
  const started = [];
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const names = namesOf(listOf(flags.ours), listOf(flags.against));
    await startSystems(names, JSON.parse(flags.tune), started);
    const servers = started.map(releaseOf);
    process.stdout.write(`${servers.join(', ')}\n${JSON.stringify(settings)}\n\n`);
    const results = await compareThroughput(started, { ...settings, directory });
    return writeResult('tasks', { ...settings, servers }, results);
  } finally {
    for (const { server } of started) await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function deadlines(flags) {
  const { seed, load, stretch, seconds, rounds } = flags.quick ? { ...flags, ...quick } : flags;
  const settings = { seed, load, stretch, seconds, rounds, tenants: 8, workers: 4 };
  process.stdout.write(`${JSON.stringify(settings)}\n\n`);
  return writeResult('tasks-deadlines', settings, await compareDeadlines(settings, listOf(flags.against)));
}

async function pending(flags) {
  const { batch, seed } = flags;
  const { rounds } = flags.quick ? quick : flags;
  const count = Math.ceil(flags.pending / batch) * batch;
  const settings = { pending: count, batch, seed, rounds, concurrency: systems.embedded.tuning.concurrency };
  process.stdout.write(`${JSON.stringify(settings)}\n\n`);
  return writeResult('tasks-pending', settings, await measurePending(settings));
}

async function run(words) {
  const flags = parseFlags(words, defaults);
  process.stdout.write(`${machineLine()}\n`);
  const scenario = flags.deadlines ? deadlines : flags.pending > 0 ? pending : throughput;
  const path = await scenario(flags);
  process.stdout.write(`\nKept in ${path}\n`);
}

await run(process.argv.slice(2));
