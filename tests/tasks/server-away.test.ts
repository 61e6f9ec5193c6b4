/** A server that is killed and started again, and the programs that wait for it. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { open } from '../../src/index.js';
import { startChild } from '../support/child.mjs';
import { sluiceUnavailable, startSluice } from '../support/start-sluice.mjs';

const program = fileURLToPath(new URL('patient-worker.mjs', import.meta.url));
const unavailable = sluiceUnavailable();

test.skipIf(unavailable !== undefined)('a worker outlives the server that it works for', async () => {
  const server = await startSluice();
  const child = startChild(process.execPath, [program, server.url]);
  try {
    await child.line((line) => (line === 'ready' ? line : undefined), 30_000);
    await server.kill();
    await server.restart();
    const app = await open({ engine: server.url });
    const task = app.task('patient');
    const result = (await task.enqueue(undefined)).result({ timeout: '30s' });
    const gone = child.exited.then(({ code }) => `the worker ended with ${code}`);
    expect(await Promise.race([result, gone])).toBe('done');
    await app.close();
  } finally {
    await child.end('SIGKILL', 5_000);
    await server.stop();
  }
});
