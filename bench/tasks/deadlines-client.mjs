/**
 * Sends a trace through one system in real time and prints what was late: each message at its arrival, each handler as
 * long as its cost says, by a timer, so many at a time as there are workers. Prints also how much longer handlers took.
 */
import { setTimeout } from 'node:timers/promises';
import { Lateness } from '../scheduling/lateness.mjs';
import { shortTrace } from './short-trace.mjs';

const settings = JSON.parse(process.argv[2]);
const trace = shortTrace(settings);
const lateness = new Lateness();
let [left, overrunMs, started] = [trace.length, 0, undefined];
let finish;
const finished = new Promise((resolve) => (finish = resolve));

async function run(index) {
  const message = trace[index];
  const begun = performance.now();
  await setTimeout(message.costMs);
  const ended = performance.now();
  overrunMs += ended - begun - message.costMs;
  lateness.add(message, ended - started);
  if (--left === 0) finish();
}

const { connect } = await import(`./replays/${settings.client}.mjs`);
const system = await connect(settings, run);
await setTimeout(200);
started = performance.now();
const startedMs = Date.now();
const sending = [];
for (let next = 0; next < trace.length; next++) {
  const waitMs = trace[next].arrivalMs - (performance.now() - started);
  if (waitMs >= 1) await setTimeout(waitMs);
  sending.push(system.enqueue(next, trace[next], startedMs));
}
await Promise.all(sending);
await finished;
await system.close();
process.stdout.write(
  JSON.stringify({ ...lateness.figures(), overrunMs: overrunMs / trace.length, messages: trace.length }) +
    '\n',
);
process.exit(0);
