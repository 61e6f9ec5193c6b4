/** What operators do to queues and messages stands in the audit log, once each, done or not, and never a body. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLine } from '../access/index.js';
import { memoryServer, type MemoryServer } from './testing/memory-server.js';

let server: MemoryServer;
const vhost = '/';
const queue = 'work';
const span = { from: 0, count: 100, dryRun: false };

beforeEach(async () => {
  server = await memoryServer();
  await declare(queue);
});

afterEach(() => server.close());

async function declare(name: string, given: Record<string, unknown> = {}): Promise<void> {
  const declaration = { vhost, queue: name, durable: true, autoDelete: false, arguments: given };
  await server.call('queue.declare', declaration);
}

async function publish(count: number, headers: Record<string, unknown> = {}, to = queue): Promise<void> {
  const body = Buffer.from('secret body').toString('base64');
  const message = { vhost, exchange: '', routingKey: to, properties: { headers }, body };
  for (let n = 0; n < count; n++) await server.call('publish', message);
}

/** Told so far, newest last, without what opening and declaring leave. */
async function told(): Promise<AuditLine[]> {
  await server.services.access.audit.flush();
  const { items } = await server.services.access.audit.read({ limit: 1_000 });
  const before = new Set(['audit-opened', 'store-created', 'first-user-created', 'topology-created']);
  return items.filter(({ event }) => !before.has(event)).reverse();
}

async function toldShort(): Promise<string[]> {
  const lines = await told();
  return lines.map(({ event, outcome, subject, reason = '', count }) =>
    [event, outcome, subject, reason, count].join(' | '),
  );
}

describe('the audit log', () => {
  it('tells of purges and deletions with how many messages went', async () => {
    await publish(3);
    await server.call('queue.purge', { vhost, queue });
    await publish(1);
    await server.call('queue.delete', { vhost, queue, ifUnused: false, ifEmpty: false });
    await expect(server.call('queue.purge', { vhost, queue })).rejects.toMatchObject({ code: 'not-found' });
    const lines = (await told()).filter(({ event }) => event !== 'messages-published');
    expect(lines).toMatchObject([
      { event: 'messages-purged', reason: '3 messages', source: 'test', outcome: 'success' },
      { event: 'topology-deleted', reason: '1 message', subject: "queue 'work' in vhost '/'" },
      { event: 'messages-purged', outcome: 'failure', reason: expect.stringContaining('work') as string },
    ]);
    expect(lines[0]?.actor).toBe(server.services.actor.identity.name);
  });

  it('counts publishes to one queue in one record, and tells of none that look alone', async () => {
    await publish(1_000);
    await server.call('queue.peek', { vhost, queue, count: 5 });
    await server.call('queue.get', { vhost, queue, count: 2, settle: 'return' });
    await declare('other');
    await server.call('queue.move', { vhost, queue, to: 'other', ...span, dryRun: true });
    await publish(1, {}, 'nowhere').catch(() => undefined);
    expect(await toldShort()).toEqual([
      "messages-published | success | queue 'work' in vhost '/' |  | 1",
      "messages-published | failure | queue 'nowhere' in vhost '/' | no queue took it | 1",
      "messages-published | success | queue 'work' in vhost '/' |  | 999",
    ]);
  });

  it('tells of moves, takes, and what is done to single messages', async () => {
    await declare('other');
    await publish(8);
    await server.call('queue.move', { vhost, queue, to: 'other', ...span, count: 2 });
    await server.call('queue.move', { vhost, queue, to: 'other', ...span, positions: [] });
    await server.call('queue.get', { vhost, queue, count: 2, settle: 'acknowledge' });
    const message = { position: 7 };
    await server.call('queue.dead-letter', { vhost, queue, message, to: 'other', reason: 'secret reason' });
    await server.call('queue.remove', { vhost, queue, message });
    await server.call('queue.remove', { vhost, queue, message: { position: 5 } });
    await server.call('queue.pause', { vhost, queue });
    await server.call('queue.pause', { vhost, queue });
    await server.call('queue.resume', { vhost, queue });
    await publish(1, { 'x-delay': 3_600_000 });
    await server.call('queue.release', { vhost, queue, position: 8 });
    const lines = await toldShort();
    expect(lines.filter((line) => !line.startsWith('messages-published'))).toEqual([
      "messages-moved | success | queue 'work' in vhost '/' to 'other' | 2 messages | 1",
      "messages-taken | success | queue 'work' in vhost '/' | 2 messages | 1",
      "messages-dead-lettered | success | queue 'work' in vhost '/' to 'other' |  | 1",
      "messages-removed | failure | queue 'work' in vhost '/' | it is not there | 1",
      "messages-removed | success | queue 'work' in vhost '/' |  | 1",
      "queue-paused | success | queue 'work' in vhost '/' |  | 1",
      "queue-resumed | success | queue 'work' in vhost '/' |  | 1",
      "messages-released | success | queue 'work' in vhost '/' |  | 1",
    ]);
    expect(lines.join()).not.toContain('secret');
  });

  it('tells when a redrive began and how it ended', async () => {
    await declare('graves');
    await declare('dying', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'graves' });
    await publish(3, {}, 'dying');
    await server.call('queue.get', { vhost, queue: 'dying', count: 3, settle: 'reject' });
    const { id } = await server.call('redrive.start', { vhost, queue: 'graves', duplicateGuard: true });
    while ((await server.call('redrive.show', { id })).state === 'running') await new Promise(setImmediate);
    const isTold = async (): Promise<boolean> =>
      (await told()).some(({ event }) => event === 'redrive-ended');
    while (!(await isTold())) await new Promise(setImmediate);
    const lines = (await told()).filter(({ event }) => event.startsWith('redrive'));
    expect(lines).toMatchObject([
      { event: 'redrive-started', reason: `redrive ${id}`, subject: "queue 'graves' in vhost '/'" },
      { event: 'redrive-ended', reason: `redrive ${id} done: 3 sent`, source: 'test', outcome: 'success' },
    ]);
    await expect(
      server.call('redrive.start', { vhost, queue: 'none', duplicateGuard: true }),
    ).rejects.toMatchObject({ code: 'not-found' });
    expect((await told()).at(-1)).toMatchObject({ event: 'redrive-started', outcome: 'failure' });
  });
});
