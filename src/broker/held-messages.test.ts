/** Messages that wait for records to be written (`x-after`), through a whole broker on a simulated disk. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { seededRandom } from '../kernel/index.js';

interface Setting {
  at: SimulatedBroker;
  client: Client;
}

async function withQueue(
  plainArguments: Readonly<Record<string, unknown>> = {},
  hashEveryRecords = 1,
): Promise<Setting> {
  const at = await SimulatedBroker.open({ hashEveryRecords });
  const client = at.client();
  client.declare('q', plainArguments);
  return { at, client };
}

function send(
  client: Client,
  body: string,
  after: unknown,
  more: Readonly<Record<string, unknown>> = {},
): void {
  client.publish({ routingKey: 'q', body, headers: { 'x-after': after, ...more } });
}

function put(client: Client, key: string): void {
  const outcome = client.channel.records.put({ key, value: Buffer.from('done') });
  expect(outcome.kind).toBe('written');
}

async function readAll(at: SimulatedBroker): Promise<string[]> {
  const reader = at.client();
  reader.consume('q');
  await settle();
  return reader.sink.bodies;
}

/** The machine loses its power with everything so far on disk, and comes back. */
async function again(at: SimulatedBroker): Promise<Setting> {
  await at.broker.administration.durable();
  const next = await at.crash(0, { hashEveryRecords: 1 });
  return { at: next, client: next.client() };
}

describe('a message that waits for records', () => {
  it('is delivered once the last of them has been written', async () => {
    const { at, client } = await withQueue();
    send(client, 'held', ['a', 'b']);
    client.publish({ routingKey: 'q', body: 'plain' });
    const bodies = await readAll(at);
    expect(bodies).toEqual(['plain']);
    expect(at.queue('q')).toMatchObject({ held: 1, ready: 0 });
    put(client, 'a');
    await settle();
    expect(at.queue('q').held).toBe(1);
    put(client, 'b');
    await settle();
    expect(at.queue('q').held).toBe(0);
    expect(bodies.concat(await readAll(at))).toContain('plain');
    expect(at.queue('q').unacknowledged).toBe(2);
  });

  it('counts records that are there when it comes, and does not wait for nothing', async () => {
    const { at, client } = await withQueue();
    put(client, 'a');
    send(client, 'one', ['a']);
    send(client, 'two', []);
    send(client, 'three', ['a', 'missing']);
    await settle();
    expect(at.queue('q')).toMatchObject({ ready: 2, held: 1 });
  });

  it('is not released by a deletion, and not held again by one', async () => {
    const { at, client } = await withQueue();
    put(client, 'a');
    client.channel.records.delete({ key: 'a' });
    send(client, 'late', ['a', 'b']);
    client.channel.records.delete({ key: 'b' });
    put(client, 'a');
    client.channel.records.delete({ key: 'a' });
    await settle();
    const next = await again(at);
    expect(next.at.queue('q').held).toBe(1);
    put(next.client, 'b');
    expect(await readAll(next.at)).toEqual(['late']);
  });

  it('waits for its delay as well, whichever is longer', async () => {
    const { at, client } = await withQueue();
    send(client, 'first', ['a'], { 'x-delay': 100 });
    send(client, 'second', ['b'], { 'x-delay': 100 });
    put(client, 'a');
    await settle();
    expect(at.queue('q')).toMatchObject({ held: 1, delayed: 1 });
    at.clock.advance(200);
    await settle();
    expect(at.queue('q')).toMatchObject({ held: 1, ready: 1 });
    put(client, 'b');
    expect(await readAll(at)).toEqual(['first', 'second']);
  });

  it('joins the line of its key when it is released', async () => {
    const { at, client } = await withQueue();
    send(client, 'early', ['a'], { 'x-key': 'k' });
    client.publish({ routingKey: 'q', body: 'plain', headers: { 'x-key': 'k' } });
    const reader = at.client();
    reader.consume('q');
    await settle();
    put(client, 'a');
    await settle();
    expect(reader.sink.bodies).toEqual(['plain']);
    expect(at.queue('q')).toMatchObject({ gated: 1, held: 0 });
    reader.channel.acknowledge(1, false);
    await settle();
    expect(reader.sink.bodies).toEqual(['plain', 'early']);
  });

  it('expires while it waits, and is dead-lettered then', async () => {
    const { at, client } = await withQueue({
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'dead',
    });
    client.declare('dead');
    client.publish({
      routingKey: 'q',
      body: 'late',
      headers: { 'x-after': ['a'] },
      properties: { expiration: '100' },
    });
    at.clock.advance(99);
    await settle();
    expect(at.queue('q').held).toBe(1);
    at.clock.advance(1);
    await settle();
    expect(at.queue('q')).toMatchObject({ held: 0, ready: 0, unacknowledged: 0, expired: 1 });
    expect(at.queue('dead').ready).toBe(1);
    const next = await again(at);
    expect(next.at.queue('dead').ready).toBe(1);
    put(next.client, 'a');
    await settle();
    expect(next.at.queue('q')).toMatchObject({ held: 0, ready: 0 });
  });

  it('stays through a purge, and goes when it is removed or its queue is deleted', async () => {
    const { at, client } = await withQueue({ 'x-message-index': true });
    const { administration } = at.broker;
    const { queues } = administration;
    client.publish({ routingKey: 'q', headers: { 'x-after': ['a'] }, properties: { messageId: 'm' } });
    send(client, 'other', ['a', 'b']);
    client.channel.purgeQueue('q');
    expect(at.queue('q').held).toBe(2);
    expect(await queues.find('/', 'q', { position: 1 })).toMatchObject({
      state: { kind: 'held', missing: 2, records: ['a', 'b'] },
    });
    expect(await administration.explain('/', 'q', 1)).toMatchObject({
      reason: { kind: 'records', missing: 2 },
    });
    expect(await queues.remove('/', 'q', { messageId: 'm' })).toMatchObject({ outcome: 'removed' });
    put(client, 'a');
    await settle();
    expect(at.queue('q')).toMatchObject({ held: 1, ready: 0 });
    expect(await queues.find('/', 'q', { position: 1 })).toMatchObject({
      state: { missing: 1, records: ['b'] },
    });
    expect((await at.broker.administration.listHeld('/', 'q', 10)).map(({ position }) => position)).toEqual([
      1,
    ]);
    client.channel.deleteQueue('q', false, false);
    put(client, 'b');
    await settle();
    expect((await again(at)).at.failures).toEqual([]);
  });

  it('is released by an operator', async () => {
    const { at, client } = await withQueue();
    send(client, 'now', ['a']);
    expect(at.broker.administration.queues.releaseNow('/', 'q', 0).changed).toBe(true);
    put(client, 'a');
    expect(await readAll((await again(at)).at)).toEqual(['now']);
  });

  it('is refused where the header is no list of keys', async () => {
    const { at, client } = await withQueue();
    const tooMany = Array.from({ length: 1_001 }, (_, n) => `k${n}`);
    for (const after of ['a', [1], [''], ['x'.repeat(513)], tooMany])
      expect(() => {
        send(client, 'x', after);
      }).toThrow(/invalid x-after header/);
    send(client, 'x', tooMany.slice(1));
    expect(at.queue('q').held).toBe(1);
  });

  it('is released with a thousand others, a slice a turn', async () => {
    const { at, client } = await withQueue();
    for (let n = 0; n < 1_000; n++) send(client, `${n}`, ['gate']);
    put(client, 'gate');
    await settle(20);
    expect(at.queue('q')).toMatchObject({ held: 0, ready: 1_000 });
  });
});

describe('waiting for records survives', () => {
  it.each([1, 2, 3, 4, 5, 6])('crashes and snapshots at any point (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    let { at, client } = await withQueue();
    const present = new Set<string>();
    const missing = new Map<string, Set<string>>();
    for (let step = 0; step < 150; step++) {
      const dice = random.integer(100);
      if (dice < 45) {
        const keys = Array.from({ length: 1 + random.integer(3) }, () => `k${step + random.integer(30)}`);
        missing.set(`m${step}`, new Set(keys.filter((one) => !present.has(one))));
        send(client, `m${step}`, keys);
      } else if (dice < 85) {
        const key = `k${random.integer(step + 10)}`;
        put(client, key);
        present.add(key);
        for (const keys of missing.values()) keys.delete(key);
        if (random.integer(3) === 0) {
          client.channel.records.delete({ key });
          present.delete(key);
        }
      } else if (dice < 92) {
        await at.broker.snapshot();
      } else {
        ({ at, client } = await again(at));
        await settle();
      }
      if (random.integer(4) === 0) await settle();
    }
    ({ at, client } = await again(at));
    await settle();
    expect(at.queue('q').held).toBe([...missing.values()].filter(({ size }) => size > 0).length);
    for (const keys of missing.values()) for (const key of keys) put(client, key);
    await settle();
    expect(at.queue('q').held).toBe(0);
    expect(at.failures).toEqual([]);
    expect((await readAll(at)).sort()).toEqual([...missing.keys()].sort());
  });
});
