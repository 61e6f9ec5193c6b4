/** Traces through a whole broker: restarts, compaction, dead letters, several messages with one id. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../../tests/simulation/simulated-broker.js';
import { encodeProperties } from '../content/index.js';
import { traceMessage } from './trace-message.js';
import type { MessageTrace, TraceSearch } from './trace.js';

function publish(client: Client, routingKey: string, messageId: string, body = 'x'): void {
  client.publish({ routingKey, body, properties: { messageId, appId: 'shop' } });
}

async function trace(at: SimulatedBroker, search: TraceSearch): Promise<MessageTrace> {
  await at.broker.administration.durable();
  return traceMessage({ directory: '/data', disk: at.disk, pause: () => Promise.resolve() }, search);
}

const kinds = ({ lives }: MessageTrace): string[][] =>
  lives.map(({ events }) => events.map(({ kind }) => kind));

describe('a trace', () => {
  it('tells publish, delivery, requeue and acknowledgement, with their moments', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('work');
    publish(client, 'work', 'm1', 'hello');
    const publishedMs = at.clock.now();
    at.clock.advance(1_000);
    publish(client, 'work', 'other');
    at.clock.advance(1_000);
    await client.get('work', false);
    client.channel.reject(1, false, true);
    await settle();
    await client.get('work', false);
    client.channel.acknowledge(2, false);
    await at.broker.administration.durable();
    const found = await trace(at, { messageId: 'm1' });
    expect(kinds(found)).toEqual([['published', 'delivered', 'requeued', 'delivered', 'ended']]);
    const [life] = found.lives;
    const [first, , requeued, again, ended] = life!.events;
    expect(first).toMatchObject({ atMs: publishedMs, routingKey: 'work', bodyBytes: 5, appId: 'shop' });
    expect(first).toMatchObject({ routes: [{ vhost: '/', queue: 'work', position: 0 }] });
    const by = { user: 'guest', connection: 'test' };
    expect(requeued).toMatchObject({ why: 'failed', atMs: publishedMs + 2_000, by, cause: 'client' });
    expect(again).toMatchObject({ atMs: publishedMs + 2_000, to: by });
    expect(ended).toMatchObject({ why: 'acknowledged', atMs: publishedMs + 2_000, by });
    expect(life!.places).toEqual([]);
    expect(found).toMatchObject({ isWhole: true, isCut: false });
    const byPlace = await trace(at, { vhost: '/', queue: 'work', position: 1 });
    expect(byPlace.lives).toMatchObject([{ messageId: 'other', places: [{ queue: 'work', position: 1 }] }]);
  });

  it('follows a chain of dead letters, by id and by place, over a restart', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('morgue');
    client.declare('second', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'morgue' });
    client.declare('first', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'second' });
    publish(client, 'first', 'm1');
    await client.get('first', false);
    client.channel.reject(1, false, false);
    await settle();
    await client.get('second', false);
    client.channel.reject(2, false, false);
    await settle();
    const chain = ['published', 'delivered', 'ended', 'dead-letter-published'];
    const later = await at.crash(0);
    const searches: TraceSearch[] = [{ messageId: 'm1' }, { vhost: '/', queue: 'first', position: 0 }];
    for (const search of searches) {
      const found = await trace(later, search);
      expect(kinds(found)).toEqual([[...chain, ...chain.slice(1)]]);
      const [life] = found.lives;
      expect(life!.hasOrigin).toBe(true);
      expect(life!.places).toMatchObject([{ queue: 'morgue', position: 0 }]);
      expect(life!.events[2]).toMatchObject({ why: 'rejected', place: { queue: 'first' } });
    }
  });

  it('follows each of many that an operator moved together, by id and by place', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('from');
    client.declare('to');
    const numbers = Array.from({ length: 40 }, (_, number) => number);
    for (const number of numbers) publish(client, 'from', `m${number % 39}`);
    const named = (number: number): Buffer => encodeProperties({ deliveryMode: 2, messageId: `m${number}` });
    const moves = numbers.map((position) => ({
      ...{ position, to: 'to' },
      change: () => ({
        ...{ exchange: '', routingKey: 'to', puts: [], deletions: [] },
        properties: named(position % 39),
      }),
    }));
    const by = { user: 'ann', source: 'test' };
    expect(await at.broker.administration.queues.moveTogether('/', 'from', moves, () => [], by)).toHaveLength(
      40,
    );
    const searches: TraceSearch[] = [{ messageId: 'm30' }, { vhost: '/', queue: 'from', position: 30 }];
    for (const search of searches) {
      const found = await trace(at, search);
      expect(kinds(found)).toEqual([['published', 'ended', 'forwarded']]);
      expect(found.lives[0]!.places).toMatchObject([{ queue: 'to', position: 30 }]);
    }
    const twins = await trace(at, { messageId: 'm0' });
    expect(twins.lives.map(({ places }) => places)).toMatchObject([
      [{ queue: 'to', position: 0 }],
      [{ queue: 'to', position: 39 }],
    ]);
  });

  it('keeps two messages with one id apart, and finds nothing for a wrong one', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    client.declare('work');
    for (let count = 0; count < 2; count++) publish(client, 'work', 'twin');
    await client.get('work', true);
    const found = await trace(at, { messageId: 'twin' });
    expect(kinds(found).map((each) => each.at(-1))).toEqual(['ended', 'delivery-possible']);
    expect((await trace(at, { messageId: 'twi' })).lives).toEqual([]);
    expect((await trace(at, { vhost: '/', queue: 'work', position: 9 })).lives).toEqual([]);
  });

  it('tells what lives after a compaction, and from when on nothing is missing', async () => {
    const at = await SimulatedBroker.open({ journal: { segmentBytes: 65_536, segmentBytesFirst: 65_536 } });
    const client = at.client();
    for (const name of ['kept', 'filler']) client.declare(name);
    publish(client, 'kept', 'alive');
    publish(client, 'kept', 'dead');
    await client.get('kept', false);
    await client.get('kept', true);
    for (let round = 0; round < 6; round++) {
      for (let n = 0; n < 40; n++) publish(client, 'filler', `f${round}-${n}`, 'y'.repeat(10_000));
      await at.broker.administration.durable();
      client.channel.purgeQueue('filler');
      await at.broker.administration.durable();
      await at.broker.snapshot();
    }
    const alive = await trace(at, { messageId: 'alive' });
    expect(alive.isWhole).toBe(false);
    expect(alive.lives).toMatchObject([
      { hasOrigin: true, places: [{ vhost: '/', queue: 'kept', position: 0 }] },
    ]);
    expect((await trace(at, { messageId: 'dead' })).lives).toEqual([]);
    expect((await trace(at, { messageId: 'f5-39' })).lives[0]!.events.at(-1)).toMatchObject({
      why: 'purged',
    });
  });

  it('tells of messages that went with their queue, and of every queue that a message went to', async () => {
    const at = await SimulatedBroker.open();
    const client = at.client();
    for (const name of ['a', 'b']) {
      client.declare(name);
      client.bind('amq.fanout', name);
    }
    client.publish({ exchange: 'amq.fanout', routingKey: '', properties: { messageId: 'm1' } });
    client.channel.deleteQueue('a', false, false);
    const found = await trace(at, { messageId: 'm1' });
    expect(kinds(found)).toEqual([['published', 'queue-deleted']]);
    expect(found.lives[0]!.places).toMatchObject([{ queue: 'b' }]);
  });
});
