/** Celery over kombu: tasks sent to a real worker, their results returned over AMQP (`rpc://`). */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram, startChild } from '../support/child.mjs';
import type { BrokerServer } from '../support/server.mjs';
import { startBroker } from '../support/start-broker.mjs';
import { python, requirePython } from './installed.js';
import { pythonPath } from './python-program.js';

let server: BrokerServer;
beforeAll(async () => {
  server = await startBroker();
});
afterAll(async () => {
  await server.stop();
});

test('results, retries, countdowns, groups and remote control reach a Celery worker', async (context) => {
  await requirePython(context, 'celery', 'kombu');
  const env = {
    ...process.env,
    PYTHONPATH: pythonPath(''),
    PYTHONDONTWRITEBYTECODE: '1',
    INTEROP_URL: `${server.url}//`,
    INTEROP_PREFIX: 'interop.celery',
  };
  const flags = ['--pool', 'solo', '--loglevel', 'INFO', '--hostname', 'interop@here'];
  const worker = startChild(python, ['-m', 'celery', '-A', 'celery_tasks', 'worker', ...flags], { env });
  try {
    await worker.line((line) => (line.includes('ready.') ? true : undefined), 30_000);
    const sent = await runProgram(python, [pythonPath('celery_send.py')], { env, timeoutMs: 50_000 });
    if (sent.code !== 0) throw new Error(`${sent.stderr}\nthe worker said:\n${worker.tail()}`);
    expect(JSON.parse(sent.stdout)).toEqual({
      sum: 5,
      retried: 9,
      countdown: 'x',
      group: Array.from({ length: 20 }, (_, i) => 2 * i),
      ping: [{ ok: 'pong' }],
    });
  } finally {
    await worker.end('SIGTERM', 10_000);
  }
});
