/** Publishes and consumes at a steady rate until its standard input ends: the traffic that the plots show. */
import { connect } from 'amqplib';

const { url, queues, rate } = JSON.parse(process.argv[2]);
const turnMs = 50;
const connection = await connect(url);
const publishing = await connection.createChannel();
const consuming = await connection.createChannel();
await consuming.prefetch(100);
for (const queue of queues) {
  await publishing.assertQueue(queue);
  await consuming.consume(queue, (message) => {
    if (message !== null) consuming.ack(message);
  });
}
let sent = 0;
let owed = 0;
const timer = setInterval(() => {
  for (owed += (rate * turnMs) / 1_000; owed >= 1; owed--)
    publishing.sendToQueue(queues[sent++ % queues.length], Buffer.alloc(128), { persistent: true });
}, turnMs);
process.stdin.on('end', () => {
  clearInterval(timer);
  process.stdout.write(`${JSON.stringify({ sent })}\n`);
  void connection.close().then(() => process.exit(0));
});
process.stdin.resume();
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
