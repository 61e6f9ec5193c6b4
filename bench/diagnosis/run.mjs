/**
 * The scoreboard of the diagnosis: faults in a service on the simulated clock, over the real broker. Flags: `--half
 * tuning|held-back|both` (both), `--seeds N` (3), `--seed N` the first of them (1), `--only TEXT` scenarios whose name
 * holds it, `--skip N` not the first N of them, `--week` the quiet week, `--cost N` only what a look
 * at N queues costs, `--quiet` no line for each run.
 */
import { register } from 'node:module';
import { machineLine, writeResult } from '../support/results.mjs';
import { parseFlags } from '../support/flags.mjs';

register('../support/typescript-hooks.mjs', import.meta.url);
const flags = parseFlags(process.argv.slice(2), {
  half: 'both',
  seeds: 3,
  seed: 1,
  only: '',
  skip: 0,
  week: false,
  cost: 0,
  quiet: false,
});
const { heldBack } = await import('./held-back.ts');
const { tuning } = await import('./tuning.ts');
const { score, verdictText } = await import('./scoreboard.ts');

const percent = (share) => (Number.isNaN(share) ? 'none' : `${(share * 100).toFixed(1)} %`);
const seeds = Array.from({ length: flags.seeds }, (_, each) => flags.seed + each);
const results = {};
console.log(machineLine());

async function runHalf(name, scenarios) {
  const chosen = scenarios.filter((scenario) => scenario.name.includes(flags.only)).slice(flags.skip);
  console.log(`\n${name}: ${chosen.length} scenarios, seeds ${seeds.join(', ')}`);
  const begun = performance.now();
  const outcome = await score(chosen, {
    seeds,
    onVerdict: (verdict) => {
      if (!flags.quiet || !verdict.isRight || !verdict.isRightLater) console.log(verdictText(verdict));
    },
  });
  const { score: sums } = outcome;
  console.log(
    `${name}: first cause right ${percent(sums.rightShare)} at detection, ${percent(sums.rightLaterShare)} 30 s later (all of several faults); detected ${percent(sums.detectedShare)}, median ${sums.detectionMedianSeconds} s, longest ${sums.detectionMaxSeconds} s; runs with a false alarm ${sums.falseAlarms} of ${sums.faults + sums.controls}; ${((performance.now() - begun) / 1_000).toFixed(0)} s`,
  );
  results[name] = outcome;
}

async function tellCost() {
  const { costOfLooks } = await import('./cost.ts');
  results.cost = [0.05, 1].map((busyShare) => costOfLooks(flags.cost, busyShare));
  for (const each of results.cost)
    console.log(
      `${each.queues} queues, each with a consumer, ${percent(each.busyShare)} of them busy: a look ${each.medianMs.toFixed(1)} ms of processor time (median of ${each.looks}), in slices of ${each.medianSliceMs.toFixed(2)} ms (median), the longest ${each.longestSliceMs.toFixed(1)} ms; about ${(each.heapBytesEach / 1_024).toFixed(1)} KiB kept for each`,
    );
}

if (flags.cost > 0) await tellCost();
else if (flags.half !== 'held-back') await runHalf('tuning', tuning);
if (flags.half !== 'tuning' && flags.cost === 0) await runHalf('held-back', heldBack);
if (flags.week) {
  const { quietWeek } = await import('./quiet-week.ts');
  const begun = performance.now();
  results.week = await quietWeek(flags.seed, (day, alarms) =>
    console.log(`day ${day}: ${alarms} false alarms`),
  );
  console.log(
    `quiet week: ${results.week.falseAlarms.length} false alarms in ${results.week.seconds} simulated seconds, ${results.week.messages} messages; ${((performance.now() - begun) / 1_000).toFixed(0)} s`,
  );
  for (const alarm of results.week.falseAlarms) console.log(alarm);
}
console.log(`\n${await writeResult('diagnosis', { seeds, half: flags.half }, results)}`);
