/** Fills one queue with confirmed messages as fast as it can, telling how far it is once a second. */
import { AMQPClient } from '@cloudamqp/amqp-client';
import { kinds } from './plan.mjs';

const { url, kind, queue, count, sizeBytes, inFlightMax } = JSON.parse(process.argv[2]);
const { queue: queueArguments, message } = kinds[kind];
const channel = await (await new AMQPClient(url).connect()).channel();
await channel.confirmSelect();
await channel.queueDeclare(queue, { durable: true }, queueArguments);

const body = Buffer.alloc(sizeBytes, 'x');
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');
const startedAt = performance.now();
let sent = 0;
let confirmed = 0;
await new Promise((resolve, reject) => {
  const told = setInterval(() => say({ event: 'progress', confirmed }), 1000);
  const onConfirm = () => {
    confirmed++;
    if (confirmed === count) {
      clearInterval(told);
      resolve();
    } else pump();
  };
  function pump() {
    while (sent < count && sent - confirmed < inFlightMax) {
      body.writeUInt32BE(sent, 0);
      channel.basicPublish('', queue, body, message(sent)).then(onConfirm, reject);
      sent++;
    }
  }
  pump();
});
say({ messagesPerSecond: (count / (performance.now() - startedAt)) * 1000 });
process.exit(0);
