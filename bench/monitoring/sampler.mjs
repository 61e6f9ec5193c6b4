/**
 * What a measurement of everything costs, once a second: a broker in this process with many queues and a consumer on
 * each, of which a share gets messages between two measurements. Seconds are made to pass; nothing waits for them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoadedBroker } from './broker-pairs.mjs';
import { systemClock, systemDisk } from '../../dist/kernel/index.js';
import { Monitor } from '../../dist/monitor/index.js';
import { brokerSources } from '../../dist/operations/index.js';
import { median, percentile } from '../support/statistics.mjs';

const noConnections = {
  ...{ count: 0, churn: { opened: 0, closed: 0, refused: 0 } },
  figures: () => [],
};

/** The real clock, a second further on whenever `pass` is called. */
function passingClock() {
  const clock = systemClock();
  let passedMs = 0;
  return {
    ...clock,
    now: () => clock.now() + passedMs,
    pass: () => {
      passedMs += 1_000;
    },
  };
}

/** The longest turn of the event loop while `work` is under way: a turn is noted in each of them, which takes it up whole. */
async function longestTurnMs(work) {
  let longestMs = 0;
  let isOver = false;
  let sinceMs = performance.now();
  const note = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - sinceMs);
    sinceMs = nowMs;
    if (!isOver) setImmediate(note);
  };
  setImmediate(note);
  await work();
  isOver = true;
  note();
  return longestMs;
}

async function processorMs(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** `busy`: queues that get a message in each second. Gives a figure for each second. */
export async function measureSampler({ queues, busy, seconds, warmup = 15 }) {
  const clock = passingClock();
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const loaded = await LoadedBroker.open(true, { queues, clock });
  const monitor = await Monitor.open({
    ...{ clock, disk: systemDisk(), directory, history: {} },
    sources: brokerSources({ broker: loaded.broker, connections: noConnections, version: 'bench' }),
    onProblem: (problem) => process.stderr.write(`${problem}\n`),
  });
  const each = async (count, measured) => {
    const found = [];
    for (let second = 0; second < count; second++) {
      if (busy > 0) await loaded.run(busy);
      clock.pass();
      found.push(await measured(() => monitor.runOnce()));
    }
    return found;
  };
  let processor;
  let turns;
  try {
    await each(warmup, processorMs);
    processor = await each(seconds, processorMs);
    turns = await each(seconds, longestTurnMs);
  } finally {
    await monitor.stop();
    await loaded.close();
    await rm(directory, { recursive: true, force: true });
  }
  return summary(processor, turns);
}

function summary(spent, turns) {
  const processor = spent.toSorted((a, b) => a - b);
  const mean = processor.reduce((sum, each) => sum + each, 0) / processor.length;
  return {
    processorMsMedian: median(processor),
    processorMsMean: mean,
    processorMsMax: percentile(processor, 1),
    turnMsMax: Math.max(...turns),
  };
}
