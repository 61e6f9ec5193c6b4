/** `sluice dead`, on letters that a consumer rejected, and on a server that is killed in the middle of a redrive. */
import { connect } from 'amqplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedriveJob } from '../../src/operations/index.js';
import { makeWorkplace, type Server, type Workplace } from './sluice.js';

const killedLetters = 7_000;
let place: Workplace;
let server: Server;

beforeAll(async () => {
  place = await makeWorkplace();
  server = place.up();
  await server.ready;
});

afterAll(() => place.close());

async function channelTo(running: Server) {
  const { ports } = await running.ready;
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${ports.amqp}`);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  return { connection, channel };
}

/** Messages that were published to a queue and rejected. */
async function bury(queue: string, count: number): Promise<void> {
  const { connection, channel } = await channelTo(server);
  const graves = `${queue}-graves`;
  await channel.assertQueue(graves, { durable: true });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': graves },
  });
  for (let n = 0; n < count; n++)
    channel.sendToQueue(queue, Buffer.from(`body ${n}`), { persistent: true, messageId: `${queue} ${n}` });
  await channel.waitForConfirms();
  await new Promise<void>((resolve) => {
    let left = count;
    void channel.consume(queue, (message) => {
      channel.nack(message!, false, false);
      if (--left === 0) resolve();
    });
  });
  // The server has taken the rejections once it answers on the same channel.
  await channel.checkQueue(graves);
  await connection.close();
}

async function json<Answer>(...words: string[]): Promise<Answer> {
  const { stdout, stderr } = await place.sluice([...words, '--json']);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as Answer;
}

async function bodies(queue: string): Promise<string[]> {
  const { ready } = await json<{ ready: number }>('queue', 'show', queue);
  if (ready === 0) return [];
  const { stdout } = await place.sluice(['consume', queue, '--count', String(ready)]);
  return stdout.trimEnd().split('\n');
}

it('lists, groups and shows dead letters, tries a redrive, and does it', async () => {
  await bury('orders', 6);
  expect((await place.sluice(['dead', 'list'])).stdout).toMatch(/orders-graves +6 .*orders/);
  const { groups } = await json<{ groups: { fingerprint: string; count: number; reason: string }[] }>(
    ...['dead', 'groups', 'orders-graves'],
  );
  expect(groups).toMatchObject([{ count: 6, reason: 'rejected', source: 'orders' }]);
  const shown = await place.sluice(['dead', 'show', 'orders-graves', '-n', '1']);
  expect(shown.stdout).toContain('rejected  from orders');
  expect(shown.stdout).toContain('body 0\n');
  const redrive = ['dead', 'redrive', 'orders-graves', '--group', groups[0]!.fingerprint];
  const tried = await place.sluice([...redrive, '--dry-run']);
  expect(tried.stdout).toContain('Would send 6 of 6 letters.\n  6 to orders: nobody consumes from it\n');
  const done = await place.sluice([...redrive, '--rate', '1000']);
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toContain('sent 6 of 6');
  expect(await bodies('orders')).toEqual(Array.from({ length: 6 }, (_, n) => `body ${n}`));
  expect((await place.sluice(['dead', 'groups', 'orders-graves'])).stdout).toContain('holds no dead letters');
});

it('refuses what it cannot do', async () => {
  expect((await place.sluice(['dead', 'redrive', 'nowhere'])).code).toBe(1);
  expect((await place.sluice(['dead', 'redrive', 'orders-graves', '--rate', '0'])).code).toBe(2);
  expect((await place.sluice(['dead', 'cancel', 'no-such-redrive'])).code).toBe(1);
});

it('loses and doubles nothing when the server is killed in the middle, and knows what it sent', async () => {
  await bury('many', killedLetters);
  const { channel } = await channelTo(server);
  const redriving = place.sluice(['dead', 'redrive', 'many-graves']);
  while ((await channel.checkQueue('many')).messageCount === 0) continue;
  await server.end('SIGKILL', 5_000);
  expect((await redriving).code).not.toBe(0);
  server = place.up();
  await server.ready;
  const jobs = await json<RedriveJob[]>('dead', 'redrives');
  const [stayed, moved] = [await bodies('many-graves'), await bodies('many')];
  expect(jobs[0]).toMatchObject({ queue: 'many-graves', state: 'stopped', sent: moved.length });
  expect(moved.length).toBeGreaterThan(0);
  const all = Array.from({ length: killedLetters }, (_, n) => `body ${n}`);
  expect([...moved, ...stayed].sort()).toEqual(all.sort());
});
