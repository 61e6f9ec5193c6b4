/** `sluice trace`, on a server that runs and on the directory of one that does not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TraceAnswer } from '../../src/operations/index.js';
import { makeWorkplace, type Server, type Workplace } from './sluice.js';

let place: Workplace;
let server: Server;

beforeAll(async () => {
  place = await makeWorkplace();
  server = place.up();
  await server.ready;
  await place.sluice(['queue', 'declare', 'orders']);
  for (const id of ['m1', 'twin', 'twin'])
    await place.sluice(['publish', 'orders', '--body', 'secret text', '--message-id', id]);
});

afterAll(() => place.close());

async function traced(...words: string[]): Promise<TraceAnswer> {
  const { stdout } = await place.sluice(['trace', ...words, '--json']);
  return JSON.parse(stdout) as TraceAnswer;
}

it('tells of a message while the server runs, and after it was stopped', async () => {
  await place.sluice(['consume', 'orders', '--count', '1']);
  const text = await place.sluice(['trace', 'm1']);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toMatch(
    /^Message m1\n {2}\S+Z {2}published by operator .*to queue 'orders', position 0\n/,
  );
  expect(text.stdout).toMatch(/\n {2}\S+Z {2}delivered from queue 'orders', position 0 to operator /);
  expect(text.stdout).toMatch(/\n {2}\S+Z {2}acknowledged in queue 'orders', position 0 by operator /);
  expect(text.stdout).not.toContain('Not known');
  expect(text.stdout).not.toContain('secret');
  const twins = await traced('twin');
  expect(twins.lives.map(({ places }) => places[0]!.position)).toEqual([1, 2]);
  expect(twins.lives[0]!.places[0]!.now?.state.kind).toBe('ready');
  const absent = await place.sluice(['trace', 'nothing']);
  expect(absent.code).toBe(1);
  expect(absent.stdout).toContain('No such message is recorded.');
  expect((await place.sluice(['trace'])).code).toBe(2);
  await place.sluice(['stop']);
  const offline = await traced('m1');
  expect(offline.lives[0]!.events.at(-1)).toMatchObject({ kind: 'ended', why: 'acknowledged' });
  const byPlace = await traced('--queue', 'orders', '--position', '2');
  expect(byPlace.lives).toMatchObject([{ messageId: 'twin', places: [{ queue: 'orders', position: 2 }] }]);
});
