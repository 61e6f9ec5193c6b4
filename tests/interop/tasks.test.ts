/** Tasks between Node and Python, as docs/formats/task.md tells and examples/python shows. */
import { connect } from 'amqplib';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { builtSluice } from '../support/built.js';
import { runProgram, startChild } from '../support/child.mjs';
import { startSluice } from '../support/start-sluice.mjs';
import { python, requirePython } from './installed.js';

const worker = fileURLToPath(new URL('../../examples/python/worker.py', import.meta.url));
const patienceMs = 20_000;
const example = fileURLToPath(new URL('../../examples/python/main.mjs', import.meta.url));

test('Python handles what Node enqueues, retries and gives up; Node handles what Python enqueues', async (context) => {
  await requirePython(context, 'pika');
  const { code, stdout, stderr } = await runProgram(process.execPath, [example]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd().split('\n')).toEqual([
    "Python counted 5 words, the longest is 'promise'",
    'failed after 3 attempts: there is no text',
    'set aside: summarise, ValueError: there is no text',
    'Node answered "Hello Ada"',
    'Node answered "Hello Bob"',
  ]);
});

test('Python ends a task once, though its message is there twice', async (context) => {
  await requirePython(context, 'pika');
  const server = await startSluice();
  const app = await (await builtSluice()).open({ engine: server.url });
  const summarise = app.task('summarise');
  const handle = await summarise.enqueue({ text: 'twice' });
  await sendAgain(server.url, 'sluice.tasks.summarise');
  const child = startChild(python, [worker, server.url]);
  try {
    await child.line((line) => (line === `ended before ${handle.id}` ? line : undefined), patienceMs);
    expect(child.tail().match(/^completed /gm)).toHaveLength(1);
    expect(await handle.result({ timeout: '20s' })).toEqual({ words: 1, longest: 'twice' });
  } finally {
    await child.end('SIGTERM', patienceMs);
    await app.close();
    await server.stop();
  }
});

/** Sends the first message of a queue a second time, as a client does whose confirm was lost. */
async function sendAgain(url: string, queue: string): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  const message = await channel.get(queue);
  if (message === false) throw new Error(`nothing is in ${queue}`);
  channel.sendToQueue(queue, message.content, message.properties);
  await channel.waitForConfirms();
  channel.nack(message);
  await connection.close();
}
