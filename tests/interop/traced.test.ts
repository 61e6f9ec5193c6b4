/** Who published and who took a message, told long after both are gone: pika's clients, and a kill -9 between them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TraceAnswer } from '../../src/operations/index.js';
import { makeWorkplace, type Workplace } from '../cli/sluice.js';
import { runProgram } from '../support/child.mjs';
import { python, requirePython } from './installed.js';
import { pythonPath } from './python-program.js';

let place: Workplace;
beforeAll(async () => {
  place = await makeWorkplace();
});
afterAll(() => place.close());

async function pika(port: number, ...words: string[]): Promise<void> {
  const { code, stderr } = await runProgram(python, [pythonPath('pika_traced.py'), String(port), ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

async function traced(): Promise<TraceAnswer> {
  const { stdout } = await place.sluice(['trace', 'traced', '--json']);
  return JSON.parse(stdout) as TraceAnswer;
}

test('a finished message names its publisher and consumer, with the server running and stopped', async (context) => {
  await requirePython(context, 'pika');
  const first = await place.up().ready;
  await pika(first.ports['amqp'], 'publish', 'the till', 'orders');
  process.kill(first.pid, 'SIGKILL');
  const second = await place.up().ready;
  await pika(second.ports['amqp'], 'take', 'the clerk', 'orders');
  const running = await traced();
  expect(running.lives).toHaveLength(1);
  const { events } = running.lives[0]!;
  const client = { user: 'guest', connection: expect.stringMatching(/^127\.0\.0\.1:\d+ -> /) as string };
  expect(events[0]).toMatchObject({ kind: 'published', by: { ...client, clientName: 'the till' } });
  const clerk = { ...client, clientName: 'the clerk', consumerTag: 'counter' };
  expect(events.at(-2)).toMatchObject({ kind: 'delivered', to: clerk });
  expect(events.at(-1)).toMatchObject({ kind: 'ended', why: 'acknowledged', by: clerk });
  const [published, delivered, ended] = [events[0]!.atMs!, events.at(-2)!.atMs!, events.at(-1)!.atMs!];
  expect(delivered).toBeGreaterThan(published);
  expect(ended).toBeGreaterThanOrEqual(delivered);
  await place.sluice(['stop']);
  expect((await traced()).lives[0]!.events).toEqual(events);
  const { stdout } = await place.sluice(['trace', 'traced']);
  expect(stdout).toMatch(/published by guest \(the till, 127/);
  expect(stdout).toMatch(
    /acknowledged in queue 'orders', position 0 by guest \(the clerk, .*, consumer counter\)/,
  );
  expect(stdout).not.toContain('secret');
});
