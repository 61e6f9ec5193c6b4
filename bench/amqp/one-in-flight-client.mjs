/**
 * Confirm latency with one message in flight, and its two floors measured in the same run, in alternating
 * blocks: an asynchronous write and fdatasync of the same size (to a preallocated and to a growing file on
 * the file system that holds the broker's data) and a loopback echo of the same size.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { median, percentile } from '../support/statistics.mjs';
import { syncPair } from '../support/sync-pair.mjs';

const settings = JSON.parse(process.argv[2]);
const { url, queueType, sizeBytes, samples, echoPort, directory } = settings;
const blockSamples = 50;
const warmupSamples = 300;
const body = Buffer.alloc(sizeBytes, 'x');

async function confirmer() {
  const channel = await (await new AMQPClient(url).connect()).channel();
  const queue = `bench.${process.pid}`;
  await channel.confirmSelect();
  await channel.queueDeclare(queue, { durable: true }, { 'x-queue-type': queueType });
  return {
    once: () => channel.basicPublish('', queue, body, { deliveryMode: 2 }),
    end: () => channel.queueDelete(queue),
  };
}

async function echoer() {
  const socket = connect(echoPort, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  let left = 0;
  let arrived;
  socket.on('data', (chunk) => {
    left -= chunk.length;
    if (left === 0) arrived();
  });
  return {
    once() {
      left = body.length;
      return new Promise((resolve) => {
        arrived = resolve;
        socket.write(body);
      });
    },
    end: () => socket.destroy(),
  };
}

const pairSettings = { directory, body, samples: samples + warmupSamples };
const subjects = {
  confirm: await confirmer(),
  preallocatedSync: syncPair({ ...pairSettings, isWrittenBefore: true }),
  growingSync: syncPair({ ...pairSettings, isWrittenBefore: false }),
  echo: await echoer(),
};
const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
for (const subject of Object.values(subjects)) {
  for (let sample = 0; sample < warmupSamples; sample++) await subject.once();
}
for (let block = 0; block < samples / blockSamples; block++) {
  for (const [name, subject] of Object.entries(subjects)) {
    for (let sample = 0; sample < blockSamples; sample++) {
      const startedAt = performance.now();
      await subject.once();
      times[name].push((performance.now() - startedAt) * 1000);
    }
  }
}
for (const subject of Object.values(subjects)) await subject.end();
const result = {};
for (const [name, values] of Object.entries(times)) {
  values.sort((a, b) => a - b);
  result[`${name}P50Microseconds`] = median(values);
  result[`${name}P99Microseconds`] = percentile(values, 0.99);
}
process.stdout.write(JSON.stringify(result) + '\n');
process.exit(0);
