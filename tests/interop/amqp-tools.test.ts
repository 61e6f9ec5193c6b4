/** The `amqp-tools` programs (the C client library): declare, publish, get, consume, reject, delete. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../support/child.mjs';
import type { BrokerServer } from '../support/server.mjs';
import { startBroker } from '../support/start-broker.mjs';
import { restartHard } from './client-life.js';
import { requireProgram } from './installed.js';

let server: BrokerServer;
beforeAll(async () => {
  server = await startBroker();
});
afterAll(async () => {
  await server.stop();
});

/** Runs one of the programs against the server; gives what it printed. */
async function tool(name: string, ...parameters: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(name, ['--url', server.url, ...parameters]);
  if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${stderr}`);
  return stdout;
}

test('declare, publish, get, consume, reject, restart and delete with amqp-tools', async (context) => {
  await requireProgram(context, 'amqp-consume');
  expect(await tool('amqp-declare-queue', '--queue', 'tools', '--durable')).toBe('tools\n');
  for (const body of ['first', 'second', 'third']) {
    await tool('amqp-publish', '--routing-key', 'tools', '--persistent', '--body', body);
  }
  expect(await tool('amqp-get', '--queue', 'tools')).toBe('first');
  expect(await tool('amqp-consume', '--queue', 'tools', '--count', '1', 'cat')).toBe('second');
  await restartHard(server);
  // A command that fails rejects the message with requeue.
  await tool('amqp-consume', '--queue', 'tools', '--count', '1', 'false');
  expect(await tool('amqp-consume', '--queue', 'tools', '--count', '1', 'cat')).toBe('third');
  expect((await runProgram('amqp-get', ['--url', server.url, '--queue', 'tools'])).code).toBe(2);
  await tool('amqp-delete-queue', '--queue', 'tools');
  const gone = await runProgram('amqp-get', ['--url', server.url, '--queue', 'tools']);
  expect(gone.stderr).toContain('NOT_FOUND');
});
