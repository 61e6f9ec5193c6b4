/**
 * Makes a crowd and holds it: idle connections (each with one channel) and declared queues. Says `ready` with
 * how long that took, then waits to be ended.
 */
import { AMQPClient } from '@cloudamqp/amqp-client';

const { url, connections, queues } = JSON.parse(process.argv[2]);
const batch = 50;

async function inBatches(count, one) {
  for (let done = 0; done < count; done += batch) {
    await Promise.all(Array.from({ length: Math.min(batch, count - done) }, (_, i) => one(done + i)));
  }
}

const startedAt = performance.now();
const held = [];
await inBatches(connections, async () => {
  const connection = await new AMQPClient(`${url}?heartbeat=0`).connect();
  await connection.channel();
  held.push(connection);
});
if (queues > 0) {
  const channel = await (await new AMQPClient(url).connect()).channel();
  await inBatches(queues, (n) => channel.queueDeclare(`crowd.${n}`, { durable: true }));
}
process.stdout.write(
  JSON.stringify({ event: 'ready', seconds: (performance.now() - startedAt) / 1000 }) + '\n',
);
setInterval(() => held.length, 1 << 30);
