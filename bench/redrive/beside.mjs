/** Deliveries beside: one persistent message at a time through a queue of its own, from publish to receipt. */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { percentile } from '../support/statistics.mjs';

const queue = 'bench.beside';

/** Begins; `end` stops it and gives the latencies. */
export async function deliverBeside(url) {
  const connection = await new AMQPClient(url).connect();
  const [publishing, consuming] = [await connection.channel(), await connection.channel()];
  await publishing.queueDeclare(queue, { durable: true, autoDelete: false });
  let arrived = () => undefined;
  await consuming.basicConsume(queue, { noAck: true }, () => arrived());
  const latencies = [];
  let isRunning = true;
  const running = (async () => {
    while (isRunning) {
      const sentAt = performance.now();
      const arrival = new Promise((resolve) => (arrived = resolve));
      await publishing.basicPublish('', queue, 'x', { deliveryMode: 2 });
      await arrival;
      latencies.push(performance.now() - sentAt);
    }
  })();
  return {
    async end() {
      isRunning = false;
      await running;
      await publishing.queueDelete(queue);
      await connection.close();
      const sorted = Float64Array.from(latencies).sort();
      const [besideP50Ms, besideP99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
      return { besideP50Ms, besideP99Ms, besideMaxMs: percentile(sorted, 1) };
    },
  };
}
