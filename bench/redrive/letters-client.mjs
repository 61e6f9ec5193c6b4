/**
 * Makes dead letters: publishes persistent messages with confirms, then rejects each, without requeue. Ends once the
 * queue of dead letters holds them all.
 */
import { randomUUID } from 'node:crypto';
import { AMQPClient } from '@cloudamqp/amqp-client';
import { holding } from './holding.mjs';

const { url, work, dead, letters, sizeBytes } = JSON.parse(process.argv[2]);
const publishedAtOnce = 1000;
const rejectEvery = 100;

const connection = await new AMQPClient(url).connect();
const channel = await connection.channel();
await channel.confirmSelect();
await channel.queueDeclare(dead, { durable: true, autoDelete: false });
const deadLetters = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
await channel.queueDeclare(work, { durable: true, autoDelete: false }, deadLetters);

const body = Buffer.alloc(sizeBytes, 'x');
for (let sent = 0; sent < letters; sent += publishedAtOnce) {
  const count = Math.min(publishedAtOnce, letters - sent);
  const publishOne = () => channel.basicPublish('', work, body, { deliveryMode: 2, messageId: randomUUID() });
  await Promise.all(Array.from({ length: count }, publishOne));
}

const rejecting = await connection.channel();
await rejecting.basicQos(1000);
let rejected = 0;
await rejecting.basicConsume(work, { noAck: false }, (message) => {
  rejected++;
  if (rejected % rejectEvery === 0 || rejected === letters)
    void rejecting.basicNack(message.deliveryTag, false, true);
});
await holding(channel, dead, letters);
process.stdout.write(JSON.stringify({ letters }) + '\n');
process.exit(0);
