/**
 * Kills a server with SIGKILL under load, again and again, on one data directory, and counts what was lost.
 *
 *   npm run torture -- kill [--cycles 1000] [--seed S] [--early-confirm] [--ledger FILE] [--json]
 *
 * `--early-confirm` is the negative control: the harness counts every publish as confirmed at once, as a broken
 * server would confirm it, and must then find losses. Exit code 1 when the verdict is bad.
 */
import { parseFlags } from '../../../bench/support/flags.mjs';
import { startSluice } from '../../support/start-sluice.mjs';
import { Checker } from './checker.mjs';
import { addToLedger, figuresText } from '../support/ledger.mjs';
import { seeded } from '../support/seeded.mjs';
import { drain, Session } from './session.mjs';

const defaults = {
  cycles: 1000,
  seed: 0,
  'early-confirm': false,
  ledger: '.torture/ledger.json',
  json: false,
};
const cyclesPerDrain = 25;
const ledgerNames = ['cycles', 'sent', 'confirmed', 'lost', 'unexpected', 'damaged', 'unmarked'];

async function run(words) {
  const flags = parseFlags(words, defaults);
  const seed = flags.seed === 0 ? (Date.now() % 1_000_000) + 1 : flags.seed;
  const random = seeded(seed);
  const say = (text) => void (flags.json || process.stdout.write(text));
  say(`kill -9 under load: ${flags.cycles} cycles, seed ${seed}\n`);
  const checker = new Checker();
  let killed = 0;
  const server = await startSluice();
  const tellWhere = () => {
    process.stderr.write(
      `\nin cycle ${killed + 1} of seed ${seed}; the server's last lines:\n${server.log()}\n`,
    );
  };
  process.once('uncaughtExceptionMonitor', tellWhere);
  // The client library rejects promises of its own when a socket breaks; what it answered has been counted by then.
  process.on('unhandledRejection', (error) => {
    if (error?.constructor?.name !== 'AMQPError') throw error;
  });
  try {
    for (let cycle = 1; cycle <= flags.cycles; cycle++) {
      if (cycle > 1) await server.restart();
      if (cycle % cyclesPerDrain === 0) await drain(server.url, checker);
      const session = new Session(checker, random, flags['early-confirm']);
      await session.start(server.url);
      await new Promise((resolve) => setTimeout(resolve, 20 + random.integer(300)));
      await server.kill();
      session.stop();
      killed++;
      if (cycle % cyclesPerDrain === 0) say(`\r${cycle} cycles, ${checker.verdict().sent} messages sent`);
    }
    await server.restart();
    await drain(server.url, checker);
  } finally {
    await server.stop();
  }
  const verdict = checker.verdict();
  report(say, flags, { seed, cycles: killed, ...verdict });
  return verdict.bad ? 1 : 0;
}

function report(say, flags, result) {
  say(`\n${figuresText(result)}`);
  if (flags.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!flags['early-confirm']) addToLedger(flags.ledger, 'kill', ledgerNames, result);
}

process.exitCode = await run(process.argv.slice(2));
