/**
 * The main job: a newcomer's unchanged pika program publishes, the server dies by `kill -9`, the message is
 * still there; `sluice queue peek` shows it and `sluice consume` takes it.
 */
import { expect, test } from 'vitest';
import { runProgram } from '../support/child.mjs';
import { runSluice, startSluice } from '../support/start-sluice.mjs';
import { python, requirePython } from './installed.js';
import { pythonPath } from './python-program.js';

test("pika's Hello World! survives kill -9 and is peeked, then consumed, by the command line", async (context) => {
  await requirePython(context, 'pika');
  const server = await startSluice();
  try {
    const command = async (...words: string[]): Promise<string> => {
      const result = await runSluice([...words, '--data', server.directory]);
      expect(result.stderr).toBe('');
      expect(result.code).toBe(0);
      return result.stdout;
    };
    const hello = await runProgram(python, [pythonPath('pika_hello.py'), String(server.ports.amqp)]);
    expect(hello).toMatchObject({ code: 0, stderr: '' });
    expect(await command('queue', 'peek', 'hello')).toContain('Hello World!');
    await server.kill();
    await server.restart();
    expect(await command('queue', 'peek', 'hello')).toContain('Hello World!');
    expect(await command('consume', 'hello', '--count', '1')).toContain('Hello World!');
    expect(await command('queue', 'peek', 'hello')).not.toContain('Hello World!');
  } finally {
    await server.stop();
  }
});
