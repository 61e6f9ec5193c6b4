/**
 * Kills the server, the owner of a shared directory, workers and enqueuers with SIGKILL while tasks of every kind are
 * under way, and holds the record against what was enqueued.
 *
 *   npm run torture -- tasks [--kills 1000] [--mode both|server|directory] [--seed S] [--control NAME]
 *                            [--ledger FILE] [--json]
 *
 * The negative controls are workers that are broken, which the checker must find out: `early-ack` acknowledges before
 * it works, `separate` sends the follow-up in a step of its own. Exit code 1 when the verdict is bad.
 */
import { parseFlags } from '../../../bench/support/flags.mjs';
import { open } from '../../../dist/index.js';
import { addToLedger, figuresText } from '../support/ledger.mjs';
import { seeded } from '../support/seeded.mjs';
import { Checker, counts } from './checker.mjs';
import { takeEvidence, untilOver } from './settle.mjs';
import { declareTask, followQueue, pause } from './task.mjs';
import { World } from './world.mjs';

const defaults = {
  kills: 1000,
  mode: 'both',
  seed: 0,
  control: '',
  ledger: '.torture/ledger.json',
  json: false,
};
const killsPerRound = 20;
const modes = { both: ['server', 'directory'], server: ['server'], directory: ['directory'] };

async function run(words) {
  const flags = parseFlags(words, defaults);
  const seed = flags.seed === 0 ? (Date.now() % 1_000_000) + 1 : flags.seed;
  const random = seeded(seed);
  const say = (text) => void (flags.json || process.stdout.write(text));
  say(`kill -9 under tasks: ${flags.kills} kills, seed ${seed}\n`);
  const checker = new Checker();
  const chosen = modes[flags.mode];
  let kills = 0;
  for (const [index, mode] of chosen.entries()) {
    const share = Math.floor((flags.kills * (index + 1)) / chosen.length) - kills;
    const world = new World({ mode, checker, random, control: flags.control });
    await torture(world, checker, random, share, say);
    kills += share;
  }
  const result = { seed, kills, ...checker.totals };
  say(`\n${figuresText(result)}`);
  for (const fault of checker.faults) process.stderr.write(`${fault}\n`);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...result, faults: checker.faults })}\n`);
  if (flags.control === '') addToLedger(flags.ledger, 'tasks', ['kills', ...counts], result);
  return checker.isBad ? 1 : 0;
}

async function torture(world, checker, random, kills, say) {
  await world.start();
  try {
    for (let killed = 0; killed < kills;) {
      const count = Math.min(killsPerRound, kills - killed);
      await round(world, checker, random, count);
      killed += count;
      say(`\r${killed} kills, ${checker.totals.tasks} tasks`);
    }
  } finally {
    await world.stop();
  }
}

async function round(world, checker, random, kills) {
  await prepare(world);
  await world.begin();
  for (let kill = 0; kill < kills; kill++) {
    await pause(20 + random.integer(400));
    await world.killOne();
  }
  await world.stopEnqueuing();
  // A worker reconnects after pauses that grow; what is stuck is waited for here, and found by the checker.
  const app = await open({ engine: world.engine });
  try {
    const task = declareTask(app);
    const stuck = await untilOver(app, task);
    if (stuck !== undefined) checker.tellStanding(stuck);
    await world.disband();
    checker.settle(await takeEvidence(app, task));
  } finally {
    await app.close();
  }
}

/** Makes the queues: of follow-ups, before the first completion, and of the task, which a worker declares. */
async function prepare(world) {
  const app = await open({ engine: world.engine });
  await app.queue(followQueue).declare();
  await app.worker({ tasks: [declareTask(app).handle(() => undefined)] }).ready;
  await app.close();
}

process.exitCode = await run(process.argv.slice(2));
