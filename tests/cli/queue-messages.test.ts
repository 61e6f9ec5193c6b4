/** `sluice queue search`, `move`, `message`, `remove` and `dead-letter`, and what a server that is killed in the middle of a move leaves behind. */
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FoundRow } from '../../src/operations/index.js';
import { makeWorkplace, type Server, type Workplace } from './sluice.js';

const killedMessages = 20_000;
let place: Workplace;
let server: Server;

beforeAll(async () => {
  place = await makeWorkplace();
  server = place.up();
  await server.ready;
});

afterAll(() => place.close());

/** Publishes confirmed messages and closes. */
async function publish(queue: string, count: number): Promise<void> {
  const { ports } = await server.ready;
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${ports.amqp}`);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.assertQueue(`${queue}-to`, { durable: true });
  for (let n = 0; n < count; n++) {
    const headers = { even: n % 2 === 0, tenant: n === 3 ? 'acme' : 'other' };
    channel.sendToQueue(queue, Buffer.from(`body ${n}`), { persistent: true, headers, messageId: `m${n}` });
  }
  await channel.waitForConfirms();
  await connection.close();
}

interface Shown {
  readonly ready: number;
}

async function ready(queue: string): Promise<number> {
  const { stdout } = await place.sluice(['queue', 'show', queue, '--json']);
  return (JSON.parse(stdout) as Shown).ready;
}

it('searches, counts and moves', async () => {
  await publish('orders', 10);
  const found = await place.sluice(['queue', 'search', 'orders', '--header', 'tenant=acme']);
  expect(found).toMatchObject({ code: 0, stderr: '' });
  expect(found.stdout).toContain('#3 ');
  expect(found.stdout).toContain('body 3\n');
  expect(found.stdout).toContain('Found 1; looked at 10 of 10 messages.');
  const listed = await place.sluice([
    'queue',
    'search',
    'orders',
    '--body',
    'BODY',
    '--ignore-case',
    '-n',
    '2',
    '--json',
  ]);
  const { items, next } = JSON.parse(listed.stdout) as { items: FoundRow[]; next: number };
  expect([items.map(({ position }) => position), next]).toEqual([[0, 1], 2]);
  const even = ['queue', 'move', 'orders', '--to', 'orders-to', '--header', 'even=true'];
  expect((await place.sluice([...even, '--dry-run'])).stdout).toBe(
    'Would move 5 messages from orders to orders-to.\n',
  );
  expect((await place.sluice([...even, '--count', '2', '--rate', '100'])).stdout).toContain(
    'Moved 2 messages',
  );
  const named = ['queue', 'move', 'orders', '--to', 'orders-to', '--position', '4,6', '--position', '1'];
  expect((await place.sluice(named)).stdout).toContain('Moved 3 messages');
  expect([await ready('orders'), await ready('orders-to')]).toEqual([5, 5]);
  expect((await place.sluice(['queue', 'move', 'orders', '--to', 'nowhere'])).code).toBe(1);
  expect((await place.sluice(['queue', 'move', 'orders'])).code).toBe(2);
  expect((await place.sluice(['queue', 'search', 'orders', '--property', 'colour=red'])).code).toBe(2);
});

it('shows, removes and dead-letters those that are chosen, and tells of those that are not there', async () => {
  await publish('chosen', 8);
  const shown = await place.sluice(['queue', 'message', 'chosen', '2', '--from', '2']);
  expect(shown.stdout).toContain('#2  ready');
  expect(shown.stdout).toContain('dy 2\n(bytes 2 to 6 of 6)');
  const removed = await place.sluice(['queue', 'remove', 'chosen', '--position', '0,1']);
  expect(removed).toMatchObject({ code: 0, stdout: 'Removed 2 of 2 messages.\n' });
  const grave = ['queue', 'dead-letter', 'chosen', '--to', 'chosen-to', '--reason', 'by hand'];
  const some = await place.sluice([...grave, '--position', '1,3', '--position', '5']);
  expect(some).toMatchObject({ code: 1, stdout: 'Dead-lettered 2 of 3 messages.\nThere is no #1.\n' });
  const one = await place.sluice([...grave, '--position', '2', '--json']);
  expect(JSON.parse(one.stdout)).toEqual({ removed: 0, moved: 1, active: 0, absent: 0 });
  expect([await ready('chosen'), await ready('chosen-to')]).toEqual([3, 3]);
  const there = await place.sluice(['queue', 'search', 'chosen-to', '--header', 'x-failure-reason=by hand']);
  expect(there.stdout).toContain('Found 3;');
  expect((await place.sluice(grave)).code).toBe(2);
  expect((await place.sluice([...grave, 'm1', '--position', '4'])).code).toBe(2);
});

/** All bodies of a queue, taken out. */
async function drained(queue: string): Promise<string[]> {
  const count = await ready(queue);
  if (count === 0) return [];
  const { stdout } = await place.sluice(['consume', queue, '--count', String(count)]);
  return stdout.trimEnd().split('\n');
}

it('loses and doubles nothing when the server is killed in the middle of a move', async () => {
  await publish('many', killedMessages);
  // Asked over one connection: the move is over before another command has begun.
  const { ports } = await server.ready;
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${ports.amqp}`);
  connection.on('error', () => undefined);
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const moving = place.sluice(['queue', 'move', 'many', '--to', 'many-to']);
  while ((await channel.checkQueue('many-to')).messageCount === 0) continue;
  await server.end('SIGKILL', 5_000);
  expect((await moving).code).not.toBe(0);
  server = place.up();
  await server.ready;
  const [stayed, moved] = [await drained('many'), await drained('many-to')];
  expect(moved.length).toBeGreaterThan(0);
  const all = Array.from({ length: killedMessages }, (_, n) => `body ${n}`);
  expect([...moved, ...stayed]).toEqual(all);
});
