/** The three AMQP clients of npm that Sluice meets most, each through a whole client's life. */
import { afterAll, beforeAll, test } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';
import { startBroker } from '../support/start-broker.mjs';
import { expectLife, type Facts, type Life } from './client-life.js';
import { liveWithAmqpClient } from './node/amqp-client.js';
import { liveWithAmqplib } from './node/amqplib.js';
import { liveWithRabbitmqClient } from './node/rabbitmq-client.js';

const clients: readonly { name: string; live: (life: Life) => Promise<Facts> }[] = [
  { name: 'amqplib', live: liveWithAmqplib },
  { name: 'rabbitmq-client', live: liveWithRabbitmqClient },
  { name: '@cloudamqp/amqp-client', live: liveWithAmqpClient },
];

let server: BrokerServer;
beforeAll(async () => {
  server = await startBroker();
});
afterAll(async () => {
  await server.stop();
});

for (const { name, live } of clients) {
  test(name, async () => {
    expectLife(await live({ server, prefix: name }), name);
  });
}
