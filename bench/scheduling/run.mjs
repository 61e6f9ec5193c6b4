/**
 * Choose-and-remove by deadline over many pending messages, memory of a pending message by order, and missed deadlines
 * by order on one bursty trace; in process. Needs a build (`npm run build`). Flags: `--pending N` (1000000),
 * `--tenants N` (10000), `--messages N` of the trace (20000), `--load L` of the workers (1.1), `--seed N` (1).
 */
import { parseArgs } from 'node:util';
import { orderNames } from '../../dist/scheduling/index.js';
import { machineLine, writeResult } from '../support/results.mjs';
import { measureChoices, measureMemory } from './pending.mjs';
import { replay } from './replay.mjs';
import { acceptedTrace, burstyTrace } from './trace.mjs';

const { values: flags } = parseArgs({
  options: {
    pending: { type: 'string', default: '1000000' },
    tenants: { type: 'string', default: '10000' },
    messages: { type: 'string', default: '20000' },
    load: { type: 'string', default: '1.1' },
    seed: { type: 'string', default: '1' },
  },
});
const [pending, tenants, messages, seed] = [flags.pending, flags.tenants, flags.messages, flags.seed].map(
  Number,
);
const percent = (part) => `${(part * 100).toFixed(2)} %`;

console.log(machineLine());
const results = { choices: [], memory: [], missed: [], accepted: [] };

console.log(`\nchoose and remove, ${pending} pending`);
for (const sharesTenants of [false, true]) {
  const row = measureChoices({ order: 'deadline', pending, tenants: sharesTenants ? tenants : 0, seed });
  results.choices.push(row);
  console.log(
    `deadline${sharesTenants ? `, ${tenants} tenants` : ''}: ${Math.round(row.perSecond)} a second, ${Math.round(row.perProcessorSecond)} a second of processor time`,
  );
}

console.log(`\nbytes for each of ${pending} pending messages`);
for (const order of orderNames) {
  for (const count of [0, tenants]) {
    const row = await measureMemory({ order, pending, tenants: count, seed });
    results.memory.push(row);
    console.log(`${order}${count === 0 ? '' : `, ${count} tenants`}: ${Math.round(row.bytes)}`);
  }
}

const shape = { seed, messages, tenants: 8, workers: 4, load: Number(flags.load) };
console.log(
  `\nmissed deadlines, load ${shape.load} on ${shape.workers} workers, half of it one tenant's bursts`,
);
for (const order of ['fifo', 'priority', 'deadline', 'laxity']) {
  for (const sharesTenants of [false, true]) {
    const row = { order, sharesTenants, ...replay(burstyTrace(shape), { order, workers: 4, sharesTenants }) };
    results.missed.push(row);
    const name = `${order}${sharesTenants ? ', shared' : ''}`;
    console.log(
      `${name}: all ${percent(row.missed)}, flooding tenant ${percent(row.missedByFlood)}, others ${percent(row.missedByOthers)}`,
    );
  }
}

console.log('\nperiodic tasks that the analysis accepts, one worker');
for (const order of ['deadline', 'fifo']) {
  const row = { order, ...replay(acceptedTrace(), { order, workers: 1, sharesTenants: false }) };
  results.accepted.push(row);
  console.log(`${order}: ${percent(row.missed)} missed`);
}
console.log(`\n${await writeResult('scheduling', { pending, tenants, shape }, results)}`);
