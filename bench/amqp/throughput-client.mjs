/**
 * One measured run by one JavaScript client in a process of its own: persistent messages, confirms, a window
 * of unconfirmed publishes, one queue, consumed with prefetch and acknowledged in groups. Each body begins
 * with the moment it was sent, so latency is send to receive on one clock. Prints `started` and `ended` at
 * the bounds of the measured time, then the result.
 */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { percentile } from '../support/statistics.mjs';

const settings = JSON.parse(process.argv[2]);
const { url, queueType, sizeBytes, warmupMs, measureMs, inFlightMax, prefetch, acknowledgeEvery } = settings;
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const publisher = await new AMQPClient(url).connect();
const consumer = settings.connections === 2 ? await new AMQPClient(url).connect() : publisher;
const publishing = await publisher.channel();
const consuming = await consumer.channel();
const queue = `bench.${process.pid}`;
await publishing.confirmSelect();
await publishing.queueDeclare(queue, { durable: true }, { 'x-queue-type': queueType });
await consuming.basicQos(prefetch);

const latencies = new Float64Array(Math.ceil((measureMs / 1000) * 250_000));
let received = 0;
let sampled = 0;
let confirmed = 0;
let measuring = false;
let running = true;

await consuming.basicConsume(queue, { noAck: false }, (message) => {
  received++;
  if (measuring && sampled < latencies.length) {
    const body = message.body;
    const sentAt = new DataView(body.buffer, body.byteOffset, 8).getFloat64(0);
    latencies[sampled++] = performance.now() - sentAt;
  }
  if (received % acknowledgeEvery === 0) void consuming.basicAck(message.deliveryTag, true);
});

const body = Buffer.alloc(sizeBytes, 'x');
const properties = { deliveryMode: 2 };
let inFlight = 0;
let idle;
function pump() {
  while (running && inFlight < inFlightMax) {
    inFlight++;
    body.writeDoubleBE(performance.now(), 0);
    publishing.basicPublish('', queue, body, properties).then(onConfirm, onRefusal);
  }
}
function onConfirm() {
  confirmed++;
  inFlight--;
  if (running) pump();
  else if (inFlight === 0) idle?.();
}
function onRefusal(error) {
  process.stderr.write(`publish refused: ${error.message}\n`);
  process.exit(1);
}

pump();
await sleep(warmupMs);
measuring = true;
say({ event: 'started' });
const [startedAt, receivedAtStart, confirmedAtStart] = [performance.now(), received, confirmed];
await sleep(measureMs);
const [endedAt, receivedAtEnd, confirmedAtEnd] = [performance.now(), received, confirmed];
measuring = false;
const usage = process.cpuUsage();
say({ event: 'ended', messages: receivedAtEnd - receivedAtStart });
running = false;
if (inFlight > 0) await new Promise((resolve) => (idle = resolve));
while (received < confirmed) await sleep(5);
await publishing.queueDelete(queue);
const seconds = (endedAt - startedAt) / 1000;
const sorted = latencies.subarray(0, sampled).sort();
say({
  messagesPerSecond: (receivedAtEnd - receivedAtStart) / seconds,
  confirmsPerSecond: (confirmedAtEnd - confirmedAtStart) / seconds,
  messages: receivedAtEnd - receivedAtStart,
  p50Ms: percentile(sorted, 0.5),
  p99Ms: percentile(sorted, 0.99),
  maxMs: percentile(sorted, 1),
  clientProcessorSeconds: (usage.user + usage.system) / 1e6,
});
process.exit(0);
