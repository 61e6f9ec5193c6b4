/** Declares the queues, publishes to each, then times deliveries while it scrapes, and while it does not. */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { processorMicroseconds } from '../support/process-usage.mjs';
import { median, percentile } from '../support/statistics.mjs';

const { url, base, paths, queues, blocks, seconds, pid } = JSON.parse(process.argv[2]);
const scrapeEveryMs = 2_000;
const warmupMessages = 300;
const guest = `Basic ${Buffer.from('guest:guest').toString('base64')}`;

const channel = await (await new AMQPClient(url).connect()).channel();
await channel.confirmSelect();
for (let from = 0; from < queues; from += 500) await fill(from, Math.min(from + 500, queues));
const timed = await channel.queueDeclare('bench.timed', { durable: false });
let arrived;
await channel.basicConsume(timed.name, { noAck: true }, () => arrived());

/** Each queue has one message that was delivered and acknowledged, so that it has latencies, and one that waits. */
async function fill(from, to) {
  const consuming = await channel.connection.channel();
  let left = to - from;
  const served = new Promise((resolve) => {
    for (let at = from; at < to; at++) declare(at, () => --left === 0 && resolve());
  });
  await served;
  await consuming.close();
  for (let at = from; at < to; at++) channel.basicPublish('', nameOf(at), 'x').catch(fail);

  async function declare(at, done) {
    await channel.queueDeclare(nameOf(at), { durable: false });
    channel.basicPublish('', nameOf(at), 'x').catch(fail);
    await consuming.basicConsume(nameOf(at), { noAck: false }, (message) => {
      message.ack().then(done, fail);
    });
  }
}

function nameOf(at) {
  return `bench.orders.of-a-service.${at}`;
}

function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** One message, from its publish to its delivery. */
async function deliver() {
  const startedAt = performance.now();
  const delivery = new Promise((resolve) => {
    arrived = resolve;
  });
  channel.basicPublish('', timed.name, 'x').catch(fail);
  await delivery;
  return performance.now() - startedAt;
}

async function scrape(path, into) {
  const before = await processorMicroseconds(pid);
  const startedAt = performance.now();
  const response = await fetch(base + path, { headers: { authorization: guest } });
  let bytes = 0;
  for await (const piece of response.body) bytes += piece.length;
  into.times.push(performance.now() - startedAt);
  into.processor.push((await processorMicroseconds(pid)) - before);
  into.bytes = bytes;
}

async function block(path, into) {
  const endsAt = performance.now() + seconds * 1_000;
  let scrapeAt = performance.now();
  let scraping = Promise.resolve();
  while (performance.now() < endsAt) {
    if (path !== '' && performance.now() >= scrapeAt) {
      scrapeAt += scrapeEveryMs;
      scraping = scraping.then(() => scrape(path, into));
    }
    into.deliveries.push(await deliver());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await scraping;
}

function summary(path, { times, processor, deliveries, bytes }) {
  times.sort((a, b) => a - b);
  deliveries.sort((a, b) => a - b);
  const [scrapeP50Ms, scrapeMaxMs] = [median(times), times.at(-1)];
  return {
    ...{ path, scrapes: times.length, scrapeP50Ms, scrapeMaxMs },
    kilobytes: bytes === undefined ? undefined : bytes / 1_000,
    processorMs: processor.length === 0 ? undefined : median(processor) / 1_000,
    deliveryP50Ms: percentile(deliveries, 0.5),
    deliveryP99Ms: percentile(deliveries, 0.99),
    deliveryMaxMs: deliveries.at(-1),
  };
}

const found = new Map(paths.map((path) => [path, { times: [], processor: [], deliveries: [] }]));
for (let message = 0; message < warmupMessages; message++) await deliver();
for (let at = 0; at < blocks; at++) for (const [path, into] of found) await block(path, into);
process.stdout.write(JSON.stringify([...found].map(([path, into]) => summary(path, into))) + '\n');
process.exit(0);
