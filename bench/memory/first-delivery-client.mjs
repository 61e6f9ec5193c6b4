/** Connects again and again until it is served, consumes one queue, and tells when its first message came. */
import { AMQPClient } from '@cloudamqp/amqp-client';

const { url, queue } = JSON.parse(process.argv[2]);
const retryMs = 20;

async function connect() {
  for (;;) {
    try {
      return await new AMQPClient(url).connect();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

const channel = await (await connect()).channel();
await channel.basicQos(1);
await new Promise((resolve) => {
  void channel.basicConsume(queue, { noAck: false }, resolve);
});
process.stdout.write(JSON.stringify({ atMs: performance.timeOrigin + performance.now() }) + '\n');
process.exit(0);
