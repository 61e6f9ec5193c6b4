/**
 * A backlog of one kind: the server's resident memory while it grows and when it stands, the rate of filling
 * it, the time from a `kill -9` to the first delivery, and publish and consume rates over it against those of
 * an empty queue.
 */
import { residentBytes } from '../support/process-usage.mjs';
import { runWorker } from '../support/run-worker.mjs';

const here = (name) => new URL(`./${name}`, import.meta.url);
const mebibyte = 2 ** 20;

async function fill(server, settings, queue, count) {
  const run = { ...settings, url: server.url, queue, count };
  return runWorker(here('fill-client.mjs'), run, ({ event, confirmed }) => {
    if (event === 'progress' && settings.progress) process.stderr.write(`\r${confirmed.toLocaleString()} `);
  });
}

function drain(server, queue, count) {
  return runWorker(here('drain-client.mjs'), {
    url: server.url,
    queue,
    count,
    acknowledgeEvery: 100,
  });
}

/** Publish and consume rates of `settings.rateCount` messages on `queue`. */
async function rates(server, settings, queue) {
  const published = await fill(server, settings, queue, settings.rateCount);
  const consumed = await drain(server, queue, settings.rateCount);
  return { publish: published.messagesPerSecond, consume: consumed.messagesPerSecond };
}

async function restartToFirstDelivery(server, queue) {
  await server.kill();
  const startedAt = performance.timeOrigin + performance.now();
  const first = runWorker(here('first-delivery-client.mjs'), { url: server.url, queue });
  await server.restart();
  return (await first).atMs - startedAt;
}

/** Fills `queue` with the backlog and measures around it; the queue stays. */
export async function measureBacklog(server, settings) {
  const queue = `backlog.${settings.kind}`;
  const empty = await rates(server, settings, `empty.${settings.kind}`);
  const filling = await fill(server, settings, queue, settings.count);
  const full = await residentBytes(server.pid);
  const over = await rates(server, settings, queue);
  const firstDeliveryMs = await restartToFirstDelivery(server, queue);
  const restarted = await residentBytes(server.pid);
  return {
    kind: settings.kind,
    count: settings.count,
    fillMessagesPerSecond: filling.messagesPerSecond,
    residentMebibytes: full.now / mebibyte,
    residentPeakMebibytes: full.peak / mebibyte,
    residentAfterRestartMebibytes: restarted.peak / mebibyte,
    firstDeliverySeconds: firstDeliveryMs / 1000,
    emptyPublishPerSecond: empty.publish,
    emptyConsumePerSecond: empty.consume,
    publishPerSecond: over.publish,
    consumePerSecond: over.consume,
    publishRatio: over.publish / empty.publish,
    consumeRatio: over.consume / empty.consume,
  };
}
