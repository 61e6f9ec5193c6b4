/**
 * Each operation that changes something leaves one record of its kind, done or failed, with who asked and from where;
 * a new one without an input below does not compile. Those of remedies, engines beside and tasks are done over HTTP.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLine } from '../access/index.js';
import type { OperationInput, OperationName } from './registry.js';
import { memoryServer, type MemoryServer } from './testing/memory-server.js';
import { operationAudit } from './testing/operation-audit.js';

type Elsewhere = 'reload' | 'session.end' | 'consume' | `remedy.${string}` | `engine.${string}`;
type Reads = {
  [Name in OperationName]: (typeof operationAudit)[Name] extends 'reads' ? Name : never;
}[OperationName];
type Done = Exclude<OperationName, Elsewhere | Reads>;

const vhost = '/';
const queue = { vhost, queue: 'work' };
const inOrder = { ...queue, position: 1 };
const one = { ...queue, message: { position: 1 } };
const exchange = { vhost, exchange: 'events' };
const shape = { durable: true, autoDelete: false, arguments: {} };
const tie = {
  vhost,
  source: 'events',
  destination: 'work',
  destinationKind: 'queue',
  routingKey: 'a',
} as const;
const policy = { vhost, name: 'short' };
const rule = { pattern: '^x', applyTo: 'queues', priority: 0, definition: { 'max-length': 1 } } as const;
const user = { user: 'ann', vhost };
const rights = { configure: '', write: '', read: '' };

/** In this order: what is done first is there for what comes after. */
const inputs: { readonly [Name in Done]: OperationInput<Name> } = {
  'vhost.add': { vhost: 'other' },
  'vhost.set': { vhost: 'other', description: 'x' },
  'vhost.delete': { vhost: 'other' },
  'queue.declare': { ...queue, ...shape },
  'exchange.declare': { ...exchange, ...shape, type: 'topic', internal: false },
  'binding.declare': { ...tie, arguments: {} },
  'binding.delete': { ...tie, arguments: {} },
  'exchange.delete': { ...exchange, ifUnused: false },
  publish: { vhost, exchange: '', routingKey: 'work', properties: {}, body: 'eA==' },
  'queue.pause': queue,
  'queue.resume': queue,
  'queue.get': { ...queue, count: 1, settle: 'acknowledge' },
  'queue.move': { ...queue, to: 'none', from: 0, count: 1, dryRun: false },
  'queue.delayed.cancel': inOrder,
  'queue.release': { ...queue, queue: 'none', position: 1 },
  'queue.remove': one,
  'queue.dead-letter': { ...one, reason: 'x' },
  'redrive.start': { ...queue, queue: 'none', duplicateGuard: true },
  'redrive.cancel': { id: 'none' },
  'queue.purge': queue,
  'queue.delete': { ...queue, ifUnused: false, ifEmpty: false },
  'task.cancel': { id: 'none' },
  'task.retry': { id: 'none', queue: 'work' },
  'task.unschedule': { task: 'a', id: 'b' },
  'policy.set': { ...policy, ...rule },
  'policy.clear': policy,
  'operator-policy.set': { ...policy, ...rule },
  'operator-policy.clear': policy,
  'user.add': { name: 'ann', password: 'a long password', tags: [] },
  'user.import': { name: 'bob', tags: [], passwordHash: '' },
  'user.passwd': { name: 'ann', password: 'a long password' },
  'user.own-password': { oldPassword: 'x', newPassword: 'y' },
  'user.tags': { name: 'ann', tags: ['monitoring'] },
  'permissions.set': { ...user, ...rights },
  'permissions.clear': user,
  'topic-permissions.set': { ...user, exchange: 'events', write: '', read: '' },
  'topic-permissions.clear': user,
  'user.delete': { name: 'ann' },
  'alert.test-route': { route: 'none' },
  'alert.rule.put': { rule: { name: 'many', metric: 'sluice_messages_ready', above: 1, severity: 'info' } },
  'alert.rule.delete': { name: 'many' },
  'incident.acknowledge': { id: 'none' },
  'incident.comment': { id: 'none', text: 'x' },
  'silence.add': { match: { queue: 'a' }, forMs: 60_000, reason: 'x' },
  'silence.end': { id: 'none' },
  'connection.close': { id: 'c1', reason: 'moved away' },
  'journal.compact': {},
  'definitions.import': { vhost, dryRun: false },
  stop: {},
};

async function* document(): AsyncGenerator {
  yield await Promise.resolve({ kind: 'queues', items: [{ name: 'new', vhost, ...shape }] });
}

let server: MemoryServer;

beforeEach(async () => {
  server = await memoryServer();
});

afterEach(() => server.close());

async function log(): Promise<readonly AuditLine[]> {
  const { audit } = server.services.access;
  await audit.flush();
  return (await audit.read({ limit: 1_000 })).items.toReversed();
}

describe('every act', () => {
  it('leaves one record, done or failed', async () => {
    for (const [name, input] of Object.entries(inputs) as [Done, never][]) {
      const before = (await log()).length;
      const asked = server.call(name, input, { messages: document() });
      const isDone = await asked.then(
        () => true,
        () => false,
      );
      const added = (await log()).slice(before);
      const own = added.filter(({ event }) => event === operationAudit[name]);
      expect(own, name).toMatchObject([{ actor: server.services.actor.identity.name, source: 'test' }]);
      expect(own[0]?.subject, name).not.toBe('');
      if (!isDone)
        expect(own[0], name).toMatchObject({ outcome: 'failure', reason: expect.any(String) as string });
    }
  });

  it('leaves none where it only tries', async () => {
    const before = (await log()).length;
    await server.call('definitions.import', { vhost, dryRun: true }, { messages: document() });
    await server.call('vhost.set', { vhost });
    expect((await log()).slice(before)).toEqual([]);
  });

  it('tells whose connection was closed, and what the peer was told', async () => {
    await server.call('connection.close', { id: 'c1', reason: 'moved away' });
    await server.call('connection.close', { id: 'none', reason: 'x' }).catch(() => undefined);
    expect((await log()).slice(-2)).toMatchObject([
      { subject: "connection c1 of user 'guest' in vhost '/'", outcome: 'success', reason: 'moved away' },
      { subject: 'connection none', outcome: 'failure', reason: 'there is no connection none' },
    ]);
  });

  it('tells how a definitions document was taken', async () => {
    await server.call('definitions.import', { vhost, dryRun: false }, { messages: document() });
    expect((await log()).at(-1)).toMatchObject({
      ...{ event: 'definitions-imported', reason: '1 created, 0 updated, 0 failed', outcome: 'success' },
    });
  });
});
