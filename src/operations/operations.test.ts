import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveredRow, StoredMessageRow } from './message-view.js';
import type { QueueRow } from './queue-operations.js';
import { listed, memoryServer, type MemoryServer } from './testing/memory-server.js';
import type { BindingRow, ExchangeRow } from './topology-operations.js';

let server: MemoryServer;

beforeEach(async () => {
  server = await memoryServer();
});

afterEach(() => server.close());

const inRoot = { vhost: '/' };

async function declare(queue: string, more: Record<string, unknown> = {}): Promise<void> {
  await server.call('queue.declare', {
    ...inRoot,
    queue,
    durable: true,
    autoDelete: false,
    arguments: more,
  });
}

async function publish(routingKey: string, text: string, properties: object = {}): Promise<boolean> {
  const body = Buffer.from(text).toString('base64');
  const { routed } = await server.call('publish', { ...inRoot, exchange: '', routingKey, properties, body });
  return routed;
}

async function peek(queue: string, count = 10): Promise<StoredMessageRow[]> {
  const messages: StoredMessageRow[] = [];
  await server.call(
    'queue.peek',
    { ...inRoot, queue, count },
    { onEvent: (message) => messages.push(message as StoredMessageRow) },
  );
  return messages;
}

const text = (row: { body: string }): string => Buffer.from(row.body, 'base64').toString();

describe('queues', () => {
  it('say why a message waits', async () => {
    await declare('waits', { 'x-tenant-concurrency': 1 });
    for (const text of ['a', 'b']) await publish('waits', text);
    const why = await server.call('queue.why', { ...inRoot, queue: 'waits', position: 1 });
    expect(why).toEqual({ reason: { kind: 'no-consumer' }, ahead: 1, tenants: 1 });
  });

  it('are declared, shown and deleted', async () => {
    await declare('orders', { 'x-max-length': 5, 'x-queue-type': 'classic' });
    const row = await server.call('queue.show', { ...inRoot, queue: 'orders' });
    expect(row).toMatchObject({
      name: 'orders',
      durable: true,
      ready: 0,
      arguments: { 'x-max-length': 5, 'x-queue-type': 'classic' },
    });
    await publish('orders', 'a');
    const deletion = { ...inRoot, queue: 'orders', ifUnused: false, ifEmpty: false };
    expect(await server.call('queue.delete', deletion)).toEqual({ messages: 1 });
    await expect(server.call('queue.show', { ...inRoot, queue: 'orders' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are listed, more than one piece of them, by virtual host', async () => {
    await server.call('vhost.add', { vhost: 'other' });
    for (let index = 0; index < 250; index++) await declare(`q${index}`);
    expect(await listed<QueueRow>(server, 'queue.list')).toHaveLength(250);
    expect(await listed<QueueRow>(server, 'queue.list', 'other')).toEqual([]);
    await expect(listed<QueueRow>(server, 'queue.list', 'absent')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are not declared twice with other arguments', async () => {
    await declare('orders');
    await expect(declare('orders', { 'x-max-length': 5 })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
  });

  it('are purged', async () => {
    await declare('orders');
    await publish('orders', 'a');
    expect(await server.call('queue.purge', { ...inRoot, queue: 'orders' })).toEqual({ messages: 1 });
    expect(await peek('orders')).toEqual([]);
  });

  it('refuse names that AMQP cannot carry', async () => {
    await expect(declare('q'.repeat(256))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(declare('ü'.repeat(128))).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('messages', () => {
  it('are published durably and peeked without being consumed', async () => {
    await declare('hello');
    const properties = { headers: { 'x-n': 7 }, priority: 3, contentType: 'text/plain', messageId: 'm1' };
    expect(await publish('hello', 'Hello World!', properties)).toBe(true);
    for (let time = 0; time < 2; time++) {
      const [message, ...others] = await peek('hello');
      expect(others).toEqual([]);
      expect(message).toMatchObject({
        position: 0,
        state: 'ready',
        redelivered: false,
        exchange: '',
        routingKey: 'hello',
        properties,
      });
      expect(text(message!)).toBe('Hello World!');
    }
  });

  it('that no queue takes are told', async () => {
    expect(await publish('nowhere', 'lost')).toBe(false);
  });

  it('that a full queue refuses are told', async () => {
    await declare('small', { 'x-max-length': 1, 'x-overflow': 'reject-publish' });
    await publish('small', 'a');
    await expect(publish('small', 'b')).rejects.toMatchObject({ code: 'refused', retryable: true });
  });

  it('are delayed, listed and cancelled', async () => {
    await declare('later');
    await publish('later', 'soon', { headers: { 'x-delay': 1_000 } });
    await publish('later', 'late', { headers: { 'x-delay': 60_000 } });
    const delayed: StoredMessageRow[] = [];
    await server.call(
      'queue.delayed.list',
      { ...inRoot, queue: 'later', count: 10 },
      { onEvent: (message) => delayed.push(message as StoredMessageRow) },
    );
    expect(delayed.map(text)).toEqual(['soon', 'late']);
    const { position } = delayed[1]!;
    const cancel = { ...inRoot, queue: 'later', position };
    expect(await server.call('queue.delayed.cancel', cancel)).toEqual({ cancelled: true });
    expect(await server.call('queue.delayed.cancel', cancel)).toEqual({ cancelled: false });
  });
});

describe('consume', () => {
  /** Consumes and acknowledges each message as it comes, as the command does. */
  async function consume(queue: string, count: number): Promise<DeliveredRow[]> {
    const deliveries: DeliveredRow[] = [];
    const tags: number[] = [];
    let wake: () => void = () => undefined;
    async function* acknowledgements(): AsyncGenerator {
      for (;;) {
        while (tags.length > 0) yield { acknowledge: tags.shift() };
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    const onEvent = (event: unknown): void => {
      deliveries.push(event as DeliveredRow);
      tags.push((event as DeliveredRow).tag);
      wake();
    };
    const input = { ...inRoot, queue, count };
    const outcome = await server.call('consume', input, { onEvent, messages: acknowledgements() });
    expect(outcome).toEqual({ acknowledged: count });
    return deliveries;
  }

  it('takes as many as wanted, in order, and leaves the rest untouched', async () => {
    await declare('work');
    for (let index = 0; index < 120; index++) await publish('work', `m${index}`);
    const deliveries = await consume('work', 110);
    expect(deliveries.map(text)).toEqual(Array.from({ length: 110 }, (_, index) => `m${index}`));
    const rest = await peek('work', 100);
    expect(rest.map(text)).toEqual(Array.from({ length: 10 }, (_, index) => `m${index + 110}`));
    expect(rest.every(({ redelivered, deliveryCount }) => !redelivered && deliveryCount === 0)).toBe(true);
  });

  it('requeues what was not acknowledged when the caller goes away', async () => {
    await declare('work');
    await publish('work', 'a');
    let delivered: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (delivered = resolve));
    async function* goneAfterDelivery(): AsyncGenerator {
      await first;
    }
    const input = { ...inRoot, queue: 'work', count: 1 };
    const outcome = await server.call('consume', input, {
      onEvent: delivered,
      messages: goneAfterDelivery(),
    });
    expect(outcome).toEqual({ acknowledged: 0 });
    expect(await peek('work')).toMatchObject([{ redelivered: true, state: 'ready' }]);
  });

  it('fails when the queue is not there, and when it goes', async () => {
    const input = { ...inRoot, queue: 'work', count: 1 };
    await expect(server.call('consume', input)).rejects.toMatchObject({ code: 'not-found' });
    await declare('work');
    async function* forEver(): AsyncGenerator {
      await new Promise(() => undefined);
    }
    const consuming = server.call('consume', input, { messages: forEver() });
    const failed = expect(consuming).rejects.toMatchObject({ code: 'not-found' });
    await server.call('queue.delete', { ...inRoot, queue: 'work', ifUnused: false, ifEmpty: false });
    await failed;
  });
});

describe('exchanges and bindings', () => {
  const topic = {
    ...inRoot,
    exchange: 'events',
    type: 'topic',
    durable: true,
    autoDelete: false,
    internal: false,
    arguments: {},
  };
  const binding = {
    ...inRoot,
    source: 'events',
    destination: 'work',
    destinationKind: 'queue' as const,
    routingKey: 'a.#',
    arguments: {},
  };

  it('are declared, listed and deleted', async () => {
    await declare('work');
    await server.call('exchange.declare', topic);
    await server.call('binding.declare', binding);
    const exchanges = await listed<ExchangeRow>(server, 'exchange.list', '/');
    expect(exchanges.find(({ name }) => name === 'events')).toMatchObject({ type: 'topic', durable: true });
    const bindings = await listed<BindingRow>(server, 'binding.list', '/');
    expect(bindings.filter(({ source }) => source === 'events')).toMatchObject([
      { destination: 'work', routingKey: 'a.#' },
    ]);
    await server.call('binding.delete', binding);
    await server.call('exchange.delete', { ...inRoot, exchange: 'events', ifUnused: true });
    const left = await listed<ExchangeRow>(server, 'exchange.list', '/');
    expect(left.some(({ name }) => name === 'events')).toBe(false);
  });

  it('bind exchanges to exchanges', async () => {
    await server.call('exchange.declare', topic);
    const toExchange = { ...binding, destination: 'amq.fanout', destinationKind: 'exchange' as const };
    await server.call('binding.declare', toExchange);
    const bindings = await listed<BindingRow>(server, 'binding.list', '/');
    expect(bindings.find(({ destinationKind }) => destinationKind === 'exchange')).toMatchObject({
      source: 'events',
      destination: 'amq.fanout',
    });
  });
});

describe('virtual hosts', () => {
  it('are added once, and deleted with their permissions', async () => {
    expect(await server.call('vhost.add', { vhost: 'tenant' })).toEqual({ created: true });
    expect(await server.call('vhost.add', { vhost: 'tenant' })).toEqual({ created: false });
    const everything = { configure: '.*', write: '.*', read: '.*' };
    await server.call('permissions.set', { user: 'guest', vhost: 'tenant', ...everything });
    await server.call('vhost.delete', { vhost: 'tenant' });
    expect(await server.call('vhost.list', {})).toEqual({ vhosts: ['/'] });
    const { permissions } = await server.call('permissions.list', { user: undefined, vhost: 'tenant' });
    expect(permissions).toEqual([]);
  });
});

describe('users', () => {
  it('are added, tagged, listed without a hash, and deleted', async () => {
    await server.call('user.add', { name: 'ada', password: 'lovelace', tags: [] });
    await server.call('user.tags', { name: 'ada', tags: ['monitoring'] });
    await server.call('user.passwd', { name: 'ada', password: 'byron' });
    const { users } = await server.call('user.list', {});
    expect(users.find(({ name }) => name === 'ada')).toEqual({
      name: 'ada',
      tags: ['monitoring'],
      passwordKind: 'argon2id',
    });
    const signIn = { mechanism: 'PLAIN', user: 'ada', peerAddress: '10.0.0.1' } as const;
    const { access } = server.services;
    expect(await access.authenticate({ ...signIn, password: 'byron' })).toMatchObject({ ok: true });
    expect(await access.authenticate({ ...signIn, password: 'lovelace' })).toMatchObject({ ok: false });
    await server.call('user.delete', { name: 'ada' });
    await expect(server.call('user.delete', { name: 'ada' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('have topic permissions', async () => {
    const rights = { user: 'guest', vhost: '/', exchange: 'amq.topic', write: '^a', read: '^b' };
    await server.call('topic-permissions.set', rights);
    const filter = { user: 'guest', vhost: undefined };
    expect(await server.call('topic-permissions.list', filter)).toEqual({ permissions: [rights] });
    await server.call('topic-permissions.clear', { user: 'guest', vhost: '/', exchange: undefined });
    expect(await server.call('topic-permissions.list', filter)).toEqual({ permissions: [] });
  });
});

describe('the audit log', () => {
  it('holds what operators change, and is whole', async () => {
    const before = await server.call('audit.verify', {});
    await declare('orders');
    await server.call('vhost.add', { vhost: 'tenant' });
    const after = await server.call('audit.verify', {});
    expect(before.ok && after.ok && after.records - before.records).toBe(2);
  });
});

describe('the server', () => {
  it('is asked to stop', async () => {
    await server.call('stop', {});
    expect(server.stops).toEqual(['sluice stop']);
  });

  it('closes a connection, or says that there is none', async () => {
    await server.call('connection.close', { id: 'c1', reason: 'bye' });
    await expect(server.call('connection.close', { id: 'c2', reason: 'bye' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('tells the figures of the journal, and compacts it', async () => {
    await declare('orders');
    const stats = await server.call('journal.stats', {});
    expect(stats.lastSequence).toBeGreaterThan(0);
    const { after } = await server.call('journal.compact', {});
    expect(after.snapshots).toBeGreaterThan(0);
  });
});
