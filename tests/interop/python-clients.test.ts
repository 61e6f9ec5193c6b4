/** pika (blocking, asyncio, Tornado, Twisted) and kombu, each through a whole client's life. */
import { afterAll, beforeAll, test } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';
import { startBroker } from '../support/start-broker.mjs';
import { expectLife } from './client-life.js';
import { requirePython } from './installed.js';
import { runPythonLife } from './python-program.js';

interface Client {
  readonly name: string;
  readonly modules: readonly string[];
  readonly program: string;
  readonly parameters: readonly string[];
}

const clients: readonly Client[] = [
  { name: 'pika blocking', modules: ['pika'], program: 'pika_blocking.py', parameters: [] },
  { name: 'pika asyncio', modules: ['pika'], program: 'pika_callbacks.py', parameters: ['asyncio'] },
  {
    name: 'pika Tornado',
    modules: ['pika', 'tornado'],
    program: 'pika_callbacks.py',
    parameters: ['tornado'],
  },
  { name: 'pika Twisted', modules: ['pika', 'twisted'], program: 'pika_twisted.py', parameters: [] },
  { name: 'kombu', modules: ['kombu', 'amqp'], program: 'kombu_client.py', parameters: [] },
];

let server: BrokerServer;
beforeAll(async () => {
  server = await startBroker();
});
afterAll(async () => {
  await server.stop();
});

for (const { name, modules, program, parameters } of clients) {
  test(name, async (context) => {
    await requirePython(context, ...modules);
    const prefix = name.replaceAll(' ', '.');
    expectLife(await runPythonLife({ server, prefix }, program, ...parameters), prefix);
  });
}
