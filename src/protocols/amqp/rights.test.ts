/** RabbitMQ's access control table, method by method: which right on what, and nothing more. */
import { describe, expect, it } from 'vitest';
import type { Access, AccessRequest, Identity, TopicPermission } from '../../access/index.js';
import { emptyFieldTable, fieldTable, type BrokerChannel } from '../../broker/index.js';
import type { MethodOf } from './codec/index.js';
import { Rights } from './rights.js';
import { topologyHandlers, type TopologyMethodName } from './topology.js';

const identity = { kind: 'user', name: 'ana', id: '1', source: 'test', tags: [], version: 1 } as const;

/** Access that notes what it is asked, and refuses one request. */
class AccessDouble {
  version = 1;
  topics: TopicPermission[] = [];
  readonly asked: string[] = [];
  refused: string | undefined;

  decide(_identity: Identity, request: AccessRequest): { allowed: boolean; reason: string } {
    const text = wordsOf(request);
    this.asked.push(text);
    return { allowed: text !== this.refused, reason: 'no' };
  }

  listTopicPermissions(): readonly TopicPermission[] {
    return this.topics;
  }
}

function wordsOf(request: AccessRequest): string {
  if ('kind' in request) return `${request.action} ${request.kind} '${request.name}'`;
  if ('routingKey' in request) return `${request.action} '${request.exchange}' '${request.routingKey}'`;
  return request.action;
}

function started() {
  const access = new AccessDouble();
  const rights = new Rights(access as unknown as Access, identity, '/');
  const done: string[] = [];
  const broker = new Proxy({} as BrokerChannel, {
    get: (_, name: string) => (queue: unknown) => {
      if (name === 'resolveQueueName') return queue === '' ? 'last' : queue;
      done.push(name);
      return { name: 'made', messageCount: 1, consumerCount: 2, sequence: 7, changed: true };
    },
  });
  const changes: string[] = [];
  const scope = {
    broker,
    rights,
    changed: (event: string, subject: string) => changes.push(`${event} ${subject}`),
  };
  const call = <Name extends TopologyMethodName>(name: Name, more: Partial<MethodOf<Name>> = {}) => {
    const all = {
      name,
      exchange: 'x',
      queue: 'q',
      source: 's',
      destination: 'd',
      routingKey: 'k',
      type: 'topic',
      passive: false,
      noWait: false,
      arguments: emptyFieldTable,
      ...more,
    };
    return topologyHandlers[name](scope, all as unknown as MethodOf<Name>);
  };
  return { access, rights, done, changes, call };
}

const target = (name: string) => fieldTable({ [name]: 'dlx' });

const table: readonly [TopologyMethodName, object, readonly string[]][] = [
  ['exchange.declare', {}, ["configure exchange 'x'"]],
  ['exchange.declare', { passive: true }, ["configure exchange 'x'"]],
  [
    'exchange.declare',
    { arguments: target('alternate-exchange') },
    ["configure exchange 'x'", "read exchange 'x'", "write exchange 'dlx'"],
  ],
  ['exchange.delete', {}, ["configure exchange 'x'"]],
  ['exchange.bind', {}, ["write exchange 'd'", "read exchange 's'"]],
  ['exchange.unbind', {}, ["write exchange 'd'", "read exchange 's'"]],
  ['queue.declare', {}, ["configure queue 'q'"]],
  ['queue.declare', { passive: true }, ["configure queue 'q'"]],
  ['queue.declare', { passive: true, queue: '' }, ["configure queue 'last'"]],
  ['queue.declare', { passive: true, queue: 'amq.rabbitmq.reply-to.x' }, []],
  ['queue.declare', { queue: '' }, ["configure queue 'amq.gen-AAAAAAAAAAAAAAAAAAAAAA'"]],
  [
    'queue.declare',
    { arguments: target('x-dead-letter-exchange') },
    ["configure queue 'q'", "read queue 'q'", "write exchange 'dlx'"],
  ],
  ['queue.delete', {}, ["configure queue 'q'"]],
  ['queue.delete', { queue: '' }, ["configure queue 'last'"]],
  ['queue.purge', {}, ["read queue 'q'"]],
  ['queue.bind', {}, ["write queue 'q'", "read exchange 'x'"]],
  ['queue.bind', { queue: '', routingKey: '' }, ["write queue 'last'", "read exchange 'x'"]],
  ['queue.unbind', {}, ["write queue 'q'", "read exchange 'x'"]],
];

describe('topology asks for', () => {
  it.each(table)('%s %j: %j', (name, more, needed) => {
    const { access, call } = started();
    call(name, more);
    expect(access.asked).toEqual(needed);
  });

  it.each(table.flatMap(([name, more, needed]) => needed.map((right) => [name, more, right] as const)))(
    '%s %j does nothing without %s',
    (name, more, right) => {
      const { access, done, changes, call } = started();
      access.refused = right;
      expect(() => call(name, more)).toThrow(expect.objectContaining({ code: 'access-refused' }) as Error);
      expect(done).toEqual([]);
      expect(changes).toEqual([]);
    },
  );
});

describe('topic permissions', () => {
  const restricted = { user: 'ana', vhost: '/', exchange: 'x', write: '^a$', read: '^a$' };

  it('are asked about only where the user has some on the exchange', () => {
    const { access, call } = started();
    access.topics = [restricted];
    call('queue.bind');
    expect(access.asked).toContain("topic-read 'x' 'k'");
    access.asked.length = 0;
    call('queue.bind', { exchange: 'y' });
    expect(access.asked).not.toContain("topic-read 'y' 'k'");
  });

  it('are read anew when rights changed', () => {
    const { access, rights } = started();
    expect(rights.restrictsTopics('x')).toBe(false);
    access.topics = [restricted];
    expect(rights.restrictsTopics('x')).toBe(false);
    access.version++;
    expect(rights.restrictsTopics('x')).toBe(true);
  });

  it('are refused in RabbitMQ’s words', () => {
    const { access, rights } = started();
    access.topics = [restricted];
    access.refused = "topic-write 'x' 'k'";
    expect(() => {
      rights.requireTopic('write', 'x', 'k');
    }).toThrow("write access to topic 'k' in exchange 'x' in vhost '/' refused for user 'ana'");
  });
});

describe('answers', () => {
  it('carry the sequence to wait for, and the audit log hears of changes', () => {
    const { changes, call } = started();
    expect(call('queue.declare')).toEqual({
      method: { name: 'queue.declare-ok', queue: 'made', messageCount: 1, consumerCount: 2 },
      sequence: 7,
    });
    call('queue.declare', { passive: true });
    call('exchange.declare');
    call('queue.delete');
    call('exchange.delete');
    expect(changes).toEqual([
      "topology-created queue 'made'",
      "topology-created exchange 'x'",
      "topology-deleted queue 'q'",
      "topology-deleted exchange 'x'",
    ]);
  });

  it('name the default exchange as RabbitMQ does', () => {
    const { access, rights } = started();
    access.refused = "write exchange ''";
    expect(() => {
      rights.require('write', 'exchange', '');
    }).toThrow("write access to exchange 'amq.default' in vhost '/' refused for user 'ana'");
    expect(() => started().call('exchange.declare', { exchange: '' })).toThrow(
      'operation not permitted on the default exchange',
    );
  });
});
