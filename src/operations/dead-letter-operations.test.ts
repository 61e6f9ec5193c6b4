import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetterQueue } from './dead-letters/dead-letter-queues.js';
import type { RedriveJob } from './dead-letters/redrive-request.js';
import { memoryServer, type MemoryServer } from './testing/memory-server.js';

const vhost = '/';
let at: MemoryServer;

async function declare(queue: string, given: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await at.call('queue.declare', { vhost, queue, durable: true, autoDelete: false, arguments: given });
}

async function publish(queue: string, text: string, properties: object = {}): Promise<void> {
  const body = Buffer.from(text).toString('base64');
  const given = { deliveryMode: 2, ...properties };
  await at.call('publish', { vhost, exchange: '', routingKey: queue, properties: given, body });
}

/** Lets a message of `queue` die as its consumer would, with what it says of that. */
async function die(queue: string, position: number, reason: string): Promise<void> {
  await at.call('queue.dead-letter', { vhost, queue, message: { position }, reason });
}

async function letters(queue = 'dead', group?: string) {
  const given = { vhost, queue, from: 0, count: 100, ...(group === undefined ? {} : { group }) };
  return at.call('dead-letter.messages', given);
}

async function bodies(queue: string): Promise<string[]> {
  const found: string[] = [];
  await at.call(
    'queue.peek',
    { vhost, queue, count: 100 },
    {
      onEvent: (row) => found.push(Buffer.from((row as { body: string }).body, 'base64').toString()),
    },
  );
  return found;
}

async function ended(id: string): Promise<RedriveJob> {
  for (;;) {
    const job = await at.call('redrive.show', { id });
    if (job.state !== 'running') return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function redrive(given: object = {}): Promise<RedriveJob> {
  const job = await at.call('redrive.start', { vhost, queue: 'dead', duplicateGuard: true, ...given });
  return ended(job.id);
}

beforeEach(async () => {
  at = await memoryServer();
  await declare('dead');
  await declare('orders', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
});
afterEach(() => at.close());

describe('dead letters', () => {
  it('are found through arguments, policies and bindings, with where they come from', async () => {
    await declare('by-topic');
    await declare('by-policy', {});
    await declare('sluice.dead.charge');
    await declare('plain');
    await at.call('exchange.declare', {
      ...{ vhost, exchange: 'graves', type: 'topic', durable: true, autoDelete: false, internal: false },
      arguments: {},
    });
    const bind = (destination: string, routingKey: string) =>
      at.call('binding.declare', {
        ...{ vhost, source: 'graves', destination, destinationKind: 'queue' as const, routingKey },
        arguments: {},
      });
    await bind('by-topic', 'dead.#');
    await bind('plain', 'other.*');
    await declare('noted', { 'x-dead-letter-exchange': 'graves', 'x-dead-letter-routing-key': 'dead.noted' });
    await publish('orders', 'a');
    await die('orders', 0, 'no total');
    const rows: DeadLetterQueue[] = [];
    await at.call('dead-letter.list', {}, { onEvent: (piece) => rows.push(...(piece as DeadLetterQueue[])) });
    rows.sort((a, b) => (a.queue < b.queue ? -1 : 1));
    expect(rows).toMatchObject([
      { queue: 'by-topic', sources: ['noted'], count: 0, kind: 'queue' },
      { queue: 'dead', sources: ['orders'], count: 1, kind: 'queue' },
      { queue: 'sluice.dead.charge', sources: [], count: 0, kind: 'tasks' },
    ]);
    expect(rows[1]!.oldestMs).toBeGreaterThan(0);
    expect(rows[1]!.newestMs).toBe(rows[1]!.oldestMs);
  });

  it('are grouped by what they died of', async () => {
    for (let order = 0; order < 6; order++) {
      await publish('orders', `order ${order}`);
      await die('orders', order, order % 3 === 0 ? 'the card was refused' : `order ${order} has no total`);
    }
    const grouped = await at.call('dead-letter.groups', { vhost, queue: 'dead', from: 0, count: 10 });
    expect(grouped).toMatchObject({ total: 2, seen: 6, there: 6, ungrouped: 0 });
    expect(grouped.groups.map(({ words, count, source }) => [words, count, source])).toEqual([
      ['order <n> has no total', 4, 'orders'],
      ['the card was refused', 2, 'orders'],
    ]);
    for (const { histogram, count } of grouped.groups)
      expect(histogram.reduce((sum, bar) => sum + bar, 0)).toBe(count);
    const { items } = await letters('dead', grouped.groups[1]!.fingerprint);
    expect(items.map(({ position }) => position)).toEqual([0, 3]);
  });
});

describe('a redrive', () => {
  it('is planned without a change, and says what stands against it', async () => {
    await publish('orders', 'a', { messageId: '1' });
    await publish('orders', 'b');
    for (const position of [0, 1]) await die('orders', position, 'x');
    await publish('dead', 'of unknown origin');
    await at.call('queue.pause', { vhost, queue: 'orders' });
    const plan = await at.call('redrive.plan', { vhost, queue: 'dead', duplicateGuard: true });
    expect(plan).toEqual({
      ...{ matched: 3, sendable: 2, bytes: 19, homeless: 1, duplicates: 0, unnamed: 2, failedAgain: 0 },
      ...{ seen: 3, unseen: 0 },
      targets: [{ queue: 'orders', count: 2, against: ['paused', 'no-consumer'] }],
    });
    expect((await letters()).items).toHaveLength(3);
  });

  it('sends letters back as they were sent first, in their order', async () => {
    const headers = { 'x-mine': 7, 'x-failure': '{}' };
    await publish('orders', 'a', { headers, messageId: '1', expiration: '900000' });
    await publish('orders', 'b', { messageId: '2' });
    for (const position of [0, 1]) await die('orders', position, 'x');
    const job = await redrive();
    expect(job).toMatchObject({ state: 'done', sent: 2, total: 2, targets: { orders: 2 }, homeless: 0 });
    expect(await bodies('orders')).toEqual(['a', 'b']);
    const rows: { properties: { headers: object; expiration?: string } }[] = [];
    await at.call(
      'queue.peek',
      { vhost, queue: 'orders', count: 1 },
      { onEvent: (row) => rows.push(row as never) },
    );
    expect(rows[0]!.properties.headers).toEqual({
      ...{ 'x-mine': 7, 'x-redrive-count': 1, 'x-redrive-id': job.id, 'x-redrive-queue': 'dead' },
    });
    expect(rows[0]!.properties.expiration).toBeUndefined();
    expect(await at.call('redrive.list', {})).toMatchObject({ items: [{ id: job.id, state: 'done' }] });
  });

  it('takes one group, named letters, or another target', async () => {
    await declare('elsewhere');
    for (const [position, reason] of ['red', 'blue', 'red', 'blue'].entries()) {
      await publish('orders', `${reason} ${position}`);
      await die('orders', position, reason);
    }
    const { groups } = await at.call('dead-letter.groups', { vhost, queue: 'dead', from: 0, count: 10 });
    const blue = groups.find(({ words }) => words === 'blue')!;
    expect(await redrive({ group: blue.fingerprint })).toMatchObject({ sent: 2, total: 2 });
    expect(await bodies('orders')).toEqual(['blue 1', 'blue 3']);
    expect(await redrive({ positions: [2, 99], to: 'elsewhere' })).toMatchObject({ sent: 1 });
    expect(await bodies('elsewhere')).toEqual(['red 2']);
    await expect(redrive({ to: 'nowhere' })).rejects.toThrow("no queue 'nowhere'");
    await expect(redrive({ to: 'dead' })).rejects.toThrow('where the letters are');
  });

  it('takes those that failed in one queue, with a text, an identifier, and no more than so many', async () => {
    await declare('parcels', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' });
    for (const [position, reason] of ['no stock', 'no money', 'no stock', 'no stock'].entries()) {
      await publish('orders', `${reason} ${position}`, { messageId: `m${position}` });
      await die('orders', position, reason);
    }
    await publish('parcels', 'lost');
    await die('parcels', 0, 'no address');
    const plan = { vhost, queue: 'dead', duplicateGuard: true };
    expect(await at.call('redrive.plan', { ...plan, reason: 'stock', count: 2 })).toMatchObject({
      ...{ matched: 2, sendable: 2, seen: 5, targets: [{ queue: 'orders', count: 2 }] },
    });
    expect(await redrive({ reason: 'stock', count: 2 })).toMatchObject({ sent: 2, total: 2 });
    expect(await bodies('orders')).toEqual(['no stock 0', 'no stock 2']);
    expect(await redrive({ messageId: 'm1' })).toMatchObject({ sent: 1, total: 1, seen: 3 });
    expect(await redrive({ failedIn: 'parcels' })).toMatchObject({ sent: 1, targets: { parcels: 1 } });
    expect(await redrive({ reason: 'nothing like it' })).toMatchObject({ sent: 0, total: 0, seen: 1 });
    expect(await bodies('dead')).toEqual(['no stock 3']);
  });

  it('changes the one letter that is edited, and keeps the types of the other headers', async () => {
    await publish('orders', '{"total":', { headers: { kept: 1.5, gone: 1 }, contentEncoding: 'identity' });
    await die('orders', 0, 'not JSON');
    const body = Buffer.from('{"total":1}').toString('base64');
    await expect(redrive({ edit: { body } })).rejects.toThrow('one letter at a time');
    await redrive({ positions: [0], edit: { body, headers: { kept: 1.5, new: 'x' } } });
    expect(await bodies('orders')).toEqual(['{"total":1}']);
    const rows: { properties: { headers: object } }[] = [];
    await at.call(
      'queue.peek',
      { vhost, queue: 'orders', count: 1 },
      { onEvent: (row) => rows.push(row as never) },
    );
    expect(rows[0]!.properties).not.toHaveProperty('contentEncoding');
    expect(rows[0]!.properties.headers).toMatchObject({ kept: 1.5, new: 'x' });
    expect(rows[0]!.properties.headers).not.toHaveProperty('gone');
  });

  it('skips a copy of what it sent, and sends what has failed again', async () => {
    await publish('orders', 'a', { messageId: '1' });
    await die('orders', 0, 'x');
    expect(await redrive()).toMatchObject({ sent: 1, duplicates: 0 });
    // It fails again: this is no copy.
    await die('orders', 1, 'x');
    const plan = await at.call('redrive.plan', { vhost, queue: 'dead', duplicateGuard: true });
    expect(plan).toMatchObject({ sendable: 1, failedAgain: 1, duplicates: 0 });
    expect(await redrive()).toMatchObject({ sent: 1, duplicates: 0 });
    // Its publisher sent it twice: this is one.
    await publish('orders', 'a', { messageId: '1' });
    await die('orders', 3, 'x');
    const copies = await at.call('redrive.plan', { vhost, queue: 'dead', duplicateGuard: true });
    expect(copies).toMatchObject({ sendable: 0, duplicates: 1 });
    expect(await redrive()).toMatchObject({ sent: 0, duplicates: 1 });
    expect(await redrive({ duplicateGuard: false })).toMatchObject({ sent: 1 });
  });

  it('plans as many as a count asks for, past the copies before them', async () => {
    await publish('orders', 'a', { messageId: '1' });
    await die('orders', 0, 'x');
    await redrive();
    for (const [position, messageId] of [
      [2, '1'],
      [3, '2'],
      [4, '3'],
    ] as const) {
      await publish('orders', 'a', { messageId });
      await die('orders', position, 'x');
    }
    const asked = { vhost, queue: 'dead', duplicateGuard: true, count: 1 };
    expect(await at.call('redrive.plan', asked)).toMatchObject({ sendable: 1, duplicates: 1 });
    expect(await redrive({ count: 1 })).toMatchObject({ sent: 1, duplicates: 1 });
  });

  it('stops at a full queue, and leaves the rest where it is', async () => {
    await declare('small', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    for (const position of [0, 1, 2]) {
      await publish('orders', String(position));
      await die('orders', position, 'x');
    }
    expect(await redrive({ to: 'small' })).toMatchObject({
      ...{ state: 'stopped', sent: 1, problem: "'small' is full" },
    });
    expect((await letters()).items).toHaveLength(2);
  });

  it('keeps its pace, one at a time, and ends when it is told to', async () => {
    for (const position of [0, 1, 2]) {
      await publish('orders', String(position));
      await die('orders', position, 'x');
    }
    const { id } = await at.call('redrive.start', {
      ...{ vhost, queue: 'dead', duplicateGuard: true, ratePerSecond: 1 },
    });
    await expect(redrive()).rejects.toThrow('on its way');
    while ((await bodies('orders')).length < 1) await new Promise((resolve) => setImmediate(resolve));
    at.clock.advance(1_000);
    while ((await bodies('orders')).length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await at.call('redrive.cancel', { id })).toEqual({ changed: true });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', sent: 2 });
    expect(await at.call('redrive.cancel', { id })).toEqual({ changed: false });
    expect((await letters()).items).toHaveLength(1);
  });
});
