/** Consumes a part of a backlog, acknowledging in groups, and tells the rate. */
import { AMQPClient } from '@cloudamqp/amqp-client';

const { url, queue, count, acknowledgeEvery } = JSON.parse(process.argv[2]);
const channel = await (await new AMQPClient(url).connect()).channel();
await channel.basicQos(1000);
let received = 0;
const startedAt = performance.now();
await new Promise((resolve) => {
  void channel.basicConsume(queue, { noAck: false }, (message) => {
    received++;
    if (received % acknowledgeEvery === 0) void channel.basicAck(message.deliveryTag, true);
    if (received === count) resolve();
  });
});
process.stdout.write(
  JSON.stringify({ messagesPerSecond: (count / (performance.now() - startedAt)) * 1000 }) + '\n',
);
process.exit(0);
