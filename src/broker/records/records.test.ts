/** Records as a channel has them, through a whole broker on a simulated disk. */
import { describe, expect, it } from 'vitest';
import { inboundMessage } from '../../../tests/simulation/inbound-message.js';
import { settle, SimulatedBroker, type Client } from '../../../tests/simulation/simulated-broker.js';
import type { RecordAnswer, RecordEvent, RecordPut } from './face.js';

function read(client: Client, key: string): Promise<RecordAnswer> {
  return new Promise((resolve) => {
    client.channel.records.get(key, resolve);
  });
}

async function textOf(client: Client, key: string): Promise<string | undefined> {
  const answer = await read(client, key);
  return answer.kind === 'found' ? answer.entry.value.toString() : undefined;
}

function put(client: Client, key: string, value: string, options: Partial<RecordPut> = {}): number {
  const outcome = client.channel.records.put({ key, value: Buffer.from(value), ...options });
  if (outcome.kind !== 'written') throw new Error(outcome.kind);
  return outcome.version;
}

describe('a record', () => {
  it('is there until it is deleted, and through a power loss once it is durable', async () => {
    const first = await SimulatedBroker.open();
    const client = first.client();
    const version = put(client, 'a', 'one');
    put(client, 'b', 'two');
    expect(await read(client, 'a')).toMatchObject({
      kind: 'found',
      entry: { key: 'a', version },
      sequence: version,
    });
    expect(put(client, 'a', 'three')).toBeGreaterThan(version);
    expect(client.channel.records.delete({ key: 'b' })).toMatchObject({ kind: 'written' });
    expect(client.channel.records.delete({ key: 'b' })).toMatchObject({ kind: 'absent' });
    await first.broker.administration.durable();
    const later = (await first.crash(0)).client();
    expect([await textOf(later, 'a'), await textOf(later, 'b')]).toEqual(['three', undefined]);
  });

  it('is changed only when it is as expected', async () => {
    const client = (await SimulatedBroker.open()).client();
    const { records } = client.channel;
    const value = Buffer.from('x');
    const version = put(client, 'k', 'one', { expected: 'absent' });
    expect(records.put({ key: 'k', value, expected: 'absent' })).toEqual({
      kind: 'conflict',
      key: 'k',
      version,
    });
    expect(records.put({ key: 'k', value, expected: version + 1 })).toMatchObject({ kind: 'conflict' });
    expect(records.delete({ key: 'k', expected: version + 1 })).toMatchObject({ kind: 'conflict' });
    expect(await textOf(client, 'k')).toBe('one');
    const second = put(client, 'k', 'two', { expected: version });
    expect(records.delete({ key: 'k', expected: second })).toMatchObject({ kind: 'written' });
    expect(records.put({ key: 'k', value, expected: second })).toMatchObject({
      kind: 'conflict',
      version: undefined,
    });
  });

  it('with a time to live reads as absent at its end, and is swept soon after', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    put(client, 'short', 'x', { ttlMs: 1_000 });
    put(client, 'long', 'x', { ttlMs: 60_000_000 });
    at.clock.advance(999);
    expect(await textOf(client, 'short')).toBe('x');
    at.clock.advance(1);
    expect(await textOf(client, 'short')).toBeUndefined();
    at.clock.advance(3_000);
    await settle();
    expect(at.broker.administration.reportRecords()).toMatchObject([{ count: 1, expiring: 1, expired: 1 }]);
    const later = await at.restart();
    later.clock.advance(60_000_000);
    await settle();
    expect(later.broker.administration.reportRecords()).toMatchObject([{ count: 0, expiring: 0, bytes: 0 }]);
  });

  it('is refused with a key, value or time to live out of bounds', async () => {
    const { records } = (await SimulatedBroker.open()).client().channel;
    const value = Buffer.alloc(0);
    const refused = expect.objectContaining({ code: 'bad-input' }) as Error;
    expect(() => records.put({ key: '', value })).toThrow(refused);
    expect(() => records.put({ key: 'é'.repeat(257), value })).toThrow(refused);
    expect(() => records.put({ key: '\ud800', value })).toThrow(refused);
    expect(() => records.put({ key: 'k', value, ttlMs: 0 })).toThrow(refused);
    expect(() => records.put({ key: 'k', value: Buffer.alloc(2 ** 20) })).toThrow(refused);
    expect(records.put({ key: 'é'.repeat(256), value })).toMatchObject({ kind: 'written' });
  });
});

describe('the bound of a virtual host', () => {
  it('lets the earliest to expire go first, and refuses where nothing expires', async () => {
    const at = await SimulatedBroker.open({ settings: { recordCountMax: 3 } });
    const client = at.client();
    put(client, 'later', 'x', { ttlMs: 500_000 });
    put(client, 'soon', 'x', { ttlMs: 5_000 });
    put(client, 'never', 'x');
    put(client, 'never 2', 'x');
    expect([await textOf(client, 'soon'), await textOf(client, 'later')]).toEqual([undefined, 'x']);
    put(client, 'never 3', 'x');
    const refused = expect.objectContaining({ code: 'limit-reached' }) as Error;
    expect(() => put(client, 'never 4', 'x')).toThrow(refused);
    put(client, 'never', 'y');
    const later = await at.restart();
    expect(later.broker.administration.reportRecords()).toMatchObject([{ count: 3 }]);
  });
});

describe('a watch', () => {
  it('tells puts, deletions, expiries and evictions of its prefix, once they are durable', async () => {
    const at = await SimulatedBroker.open({ settings: { recordCountMax: 4 } });
    const client = at.client();
    const told: RecordEvent[] = [];
    const stop = client.channel.records.watch('a/', (event) => told.push(event));
    put(client, 'a/1', 'one', { ttlMs: 1_000 });
    put(client, 'b/1', 'x');
    client.channel.records.delete({ key: 'b/1' });
    put(client, 'a/2', 'two');
    client.channel.records.delete({ key: 'a/2' });
    expect(told).toEqual([]);
    await at.broker.administration.durable();
    expect(told.map((event) => [event.kind, 'entry' in event ? event.entry.key : event.key])).toEqual([
      ['put', 'a/1'],
      ['put', 'a/2'],
      ['deleted', 'a/2'],
    ]);
    at.clock.advance(3_000);
    await settle();
    put(client, 'a/3', 'x', { ttlMs: 50_000 });
    for (const key of ['c', 'd', 'e', 'f']) put(client, key, 'x');
    await at.broker.administration.durable();
    expect(
      told.slice(3).map((event) => [event.kind, 'entry' in event ? event.entry.key : event.key]),
    ).toEqual([
      ['expired', 'a/1'],
      ['put', 'a/3'],
      ['evicted', 'a/3'],
    ]);
    stop();
    client.channel.records.delete({ key: 'c' });
    put(client, 'a/4', 'x');
    await at.broker.administration.durable();
    expect(told).toHaveLength(6);
  });

  it('tells nothing that was changed before it began, though another watch is still to be told of it', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    const told: RecordEvent[] = [];
    client.channel.records.watch('', () => undefined);
    put(client, 'a', 'before');
    client.channel.records.watch('', (event) => told.push(event));
    put(client, 'b', 'after');
    await at.broker.administration.durable();
    expect(told).toMatchObject([{ kind: 'put', entry: { key: 'b' } }]);
  });
});

describe('a scan', () => {
  it('gives every record of a prefix once, in parts', async () => {
    const client = (await SimulatedBroker.open()).client();
    for (let n = 0; n < 1_000; n++) put(client, `${n % 2 === 0 ? 'even' : 'odd'}/${n}`, `${n}`);
    for (let n = 0; n < 1_000; n += 10) client.channel.records.delete({ key: `even/${n}` });
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const part = await client.channel.records.scan({ prefix: 'even/', limit: 37, after });
      expect(part.entries.length).toBeLessThanOrEqual(37);
      for (const { key, value } of part.entries) {
        expect(key).toBe(`even/${value.toString()}`);
        keys.push(key);
      }
      after = part.after;
    } while (after !== undefined);
    expect(new Set(keys).size).toBe(400);
    expect(keys).toHaveLength(400);
    await expect(client.channel.records.scan({ prefix: '', limit: 1, after: 'other.1' })).rejects.toThrow(
      /anew/,
    );
  });
});

describe('a completion', () => {
  it('takes the message away and puts its record, together or not at all', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    for (const body of ['one', 'two', 'three']) client.publish({ routingKey: 'q', body });
    client.consume('q');
    await settle();
    const { channel } = client;
    const value = Buffer.from('done');
    expect(channel.complete(1, { key: 'r1', value })).toMatchObject({ kind: 'written' });
    expect(channel.complete(2, { key: 'r1', value, expected: 'absent' })).toMatchObject({ kind: 'conflict' });
    expect(() => channel.complete(9, { key: 'r9', value })).toThrow(/unknown delivery tag/);
    expect(() => channel.complete(2, { key: '', value })).toThrow(/key of a record/);
    expect(at.queue('q')).toMatchObject({ ready: 0, unacknowledged: 2 });
    client.channel.deleteQueue('q', false, false);
    expect(channel.complete(2, { key: 'r2', value })).toEqual({ kind: 'lost' });
    await at.broker.administration.durable();
    const later = (await at.crash(0)).client();
    expect([await textOf(later, 'r1'), await textOf(later, 'r2')]).toEqual(['done', undefined]);
  });
});

describe('a conditional publish', () => {
  it('publishes once for each key', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const once = { key: 'dedupe/1', value: Buffer.alloc(0), expected: 'absent', ttlMs: 1_000 } as const;
    expect(client.channel.publishIf(inboundMessage({ routingKey: 'q' }), once)).toMatchObject({
      kind: 'published',
      outcome: 'routed',
    });
    expect(client.channel.publishIf(inboundMessage({ routingKey: 'q' }), once)).toMatchObject({
      kind: 'conflict',
    });
    expect(
      client.channel.publishIf(inboundMessage({ routingKey: 'none' }), { ...once, key: 'other' }),
    ).toEqual({
      ...{ kind: 'published', outcome: 'unroutable', version: undefined },
    });
    expect(at.queue('q').ready).toBe(1);
    expect(await textOf(client, 'other')).toBeUndefined();
    at.clock.advance(1_000);
    expect(client.channel.publishIf(inboundMessage({ routingKey: 'q' }), once)).toMatchObject({
      kind: 'published',
    });
  });
});

describe('a transaction', () => {
  it('changes records with its messages, and nothing at all where one is not as expected', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('q');
    const version = put(client, 'taken', 'x');
    const { channel } = client;
    channel.selectTransaction();
    const value = Buffer.from('y');
    channel.records.put({ key: 'new', value });
    channel.records.put({ key: 'taken', value, expected: 'absent' });
    client.publish({ routingKey: 'q' });
    expect(await textOf(client, 'new')).toBeUndefined();
    expect(channel.commitTransaction()).toEqual({ kind: 'conflict', key: 'taken', version });
    expect(await textOf(client, 'new')).toBeUndefined();
    expect(at.queue('q').ready).toBe(0);
    channel.records.put({ key: 'new', value, expected: 'absent' });
    channel.records.delete({ key: 'taken', expected: version });
    channel.records.put({ key: 'taken', value, expected: 'absent' });
    client.publish({ routingKey: 'q' });
    expect(channel.commitTransaction()).toMatchObject({ kind: 'committed' });
    channel.records.put({ key: 'new', value });
    channel.records.put({ key: 'new', value, expected: 'absent' });
    expect(channel.commitTransaction()).toMatchObject({ kind: 'conflict', key: 'new' });
    expect([await textOf(client, 'new'), await textOf(client, 'taken'), at.queue('q').ready]).toEqual([
      'y',
      'y',
      1,
    ]);
  });
});
