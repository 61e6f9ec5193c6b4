/** docs/formats/requests.md, as a client in another language reads it. */
import { expect, test } from 'vitest';
import { startSluice } from '../support/start-sluice.mjs';
import { requirePython } from './installed.js';
import { runPythonLife } from './python-program.js';

test('pika puts, gets and deletes records, and completes a task with its result', async (context) => {
  await requirePython(context, 'pika');
  const server = await startSluice();
  try {
    const facts = await runPythonLife({ server, prefix: 'requests' }, 'pika_requests.py');
    expect(facts).toEqual({
      ...{ statuses: ['ok', 'conflict', 'ok'], body: 'Hello', same: true },
      ...{ done: 'ok', result: '42', deleted: 'ok', absent: 'absent' },
    });
  } finally {
    await server.stop();
  }
});
