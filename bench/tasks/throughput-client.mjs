/**
 * One measured round of one system in a process of its own: enqueues in batches, works them off, enqueues singly, with
 * one in flight, and while a worker works. Says when each measurement starts and ends, and then prints all figures.
 */
import { setTimeout } from 'node:timers/promises';
import { median, percentile } from '../support/statistics.mjs';
import { syncPair } from '../support/sync-pair.mjs';

const settings = JSON.parse(process.argv[2]);
const { client, tasks, batch, bulkInFlight, inFlight, samples, directory } = settings;
const blockSamples = 25;
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');

let done = 0;
let wanted = Infinity;
let reached = () => undefined;
function onDone() {
  if (++done >= wanted) reached();
}
/** Resolves once so many more tasks are done. */
function doneMore(count) {
  done = 0;
  wanted = count;
  return new Promise((resolve) => (reached = resolve));
}

const { connect } = await import(`./clients/${client}.mjs`);
const system = await connect(settings, onDone);
let enqueued = 0;
const nextPayload = () => ({ order: ++enqueued, customer: `c${enqueued % 1000}`, cents: 1250 });

/** Runs `step` so many times, so many at a time. */
async function repeat(times, atATime, step) {
  let left = times;
  const line = async () => {
    while (left-- > 0) await step();
  };
  await Promise.all(Array.from({ length: atATime }, line));
}

const enqueueBatches = (count) =>
  repeat(count / batch, bulkInFlight, () => system.enqueueAll(Array.from({ length: batch }, nextPayload)));
const enqueueSingly = (count) => repeat(count, inFlight, () => system.enqueue(nextPayload()));

/** Works until `count` more tasks are done and settled; `meanwhile` goes on beside it. */
async function work(count, meanwhile = () => Promise.resolve()) {
  const allDone = doneMore(count);
  const worker = await system.work();
  await Promise.all([meanwhile(), allDone]);
  await system.settled();
  return worker;
}

const figures = {};
/** The rate of `count` tasks and this process's time for each; the server's is read by whoever hears the events. */
async function measure(name, count, step) {
  // Whatever the step before has left to do is not this one's.
  await setTimeout(200);
  say({ event: 'started', name });
  const [usage, startedAt] = [process.cpuUsage(), performance.now()];
  const result = await step();
  const elapsedMs = performance.now() - startedAt;
  const { user, system: kernel } = process.cpuUsage(usage);
  say({ event: 'ended', name, count });
  figures[`${name}, a second`] = (count / elapsedMs) * 1000;
  figures[`${name}, client µs`] = (user + kernel) / count;
  return result;
}

/** Enqueues and sync pairs in alternating blocks, so that both see the same disk; medians in microseconds. */
async function oneInFlight() {
  const body = Buffer.alloc(JSON.stringify(nextPayload()).length, 'x');
  const pairs = [true, false].map((isWrittenBefore) =>
    syncPair({ directory, body, samples: samples + blockSamples, isWrittenBefore }),
  );
  const subjects = [() => system.enqueue(nextPayload()), ...pairs.map((pair) => () => pair.once())];
  const times = subjects.map(() => []);
  for (let sample = 0; sample < samples; sample += blockSamples) {
    for (const [index, once] of subjects.entries()) {
      for (let left = blockSamples; left > 0; left--) {
        const startedAt = performance.now();
        await once();
        times[index].push((performance.now() - startedAt) * 1000);
      }
    }
  }
  for (const pair of pairs) pair.end();
  const [enqueue, writtenBefore, growing] = times.map(median);
  figures['one in flight, p50 µs'] = enqueue;
  figures['one in flight, p99 µs'] = percentile(
    times[0].sort((a, b) => a - b),
    0.99,
  );
  figures['one in flight / sync into a growing file'] = enqueue / growing;
  figures['one in flight / sync into a file written before'] = enqueue / writtenBefore;
  return times[0].length;
}

/** Fills, and empties unmeasured: warms up what is compiled as it runs. */
async function warmUp(count) {
  await enqueueBatches(Math.ceil(count / batch) * batch);
  await enqueueSingly(Math.ceil(count / 10));
  await (await work(enqueued)).stop();
}

await warmUp(tasks / 5);
const singles = Math.ceil(tasks / 5);
await measure('enqueue, batches', tasks, () => enqueueBatches(tasks));
await system.filled();
await (await measure('process', tasks, () => work(tasks))).stop();
await measure('enqueue, singly', singles, () => enqueueSingly(singles));
await (await work(singles)).stop();
const sampled = await oneInFlight();
await (await work(sampled)).stop();
await (
  await measure('enqueue and process', singles, () => work(singles, () => enqueueSingly(singles)))
).stop();
await system.close();
say(figures);
process.exit(0);
