/** Dead letters and delays, through a whole broker. */
import { describe, expect, it } from 'vitest';
import { settle, SimulatedBroker, type Client } from '../../tests/simulation/simulated-broker.js';
import { rawInboundMessage } from '../../tests/simulation/inbound-message.js';
import {
  decodeProperties,
  encodeProperties,
  FieldNumber,
  fieldTable,
  isFieldArray,
  isFieldTable,
} from './content/index.js';

const toMorgue = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'morgue' };

async function opened(): Promise<{ at: SimulatedBroker; client: Client }> {
  const at = await SimulatedBroker.open();
  const client = at.client();
  client.declare('morgue');
  return { at, client };
}

/** Takes the first message of a queue and rejects it, then lets half a second pass. */
async function rejectOne(at: SimulatedBroker, queue: string): Promise<void> {
  const client = at.client();
  await client.get(queue, false);
  client.channel.reject(1, false, false);
  await settle();
  client.connection.close();
  at.clock.advance(500);
  await settle();
}

/** What the first message of a queue tells of its deaths. */
async function deathsIn(at: SimulatedBroker, queue: string): Promise<unknown[]> {
  const [message] = await at.broker.administration.peek('/', queue, 1);
  const deaths = decodeProperties(message!.properties).headers?.get('x-death');
  const tables = isFieldArray(deaths) ? deaths.filter(isFieldTable) : [];
  return tables.map((death) => {
    const count = death.get('count');
    return [death.get('queue'), death.get('reason'), count instanceof FieldNumber ? count.value : count];
  });
}

describe('a dead letter', () => {
  it('counts its deaths, also over a restart', async () => {
    const { at, client } = await opened();
    client.declare('work', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'wait' });
    client.declare('wait', {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'work',
      'x-message-ttl': 10,
    });
    client.publish({ routingKey: 'work' });
    await rejectOne(at, 'work');
    await at.broker.administration.durable();
    const later = await at.restart();
    expect(await deathsIn(later, 'work')).toEqual([
      ['wait', 'expired', 1],
      ['work', 'rejected', 1],
    ]);
    await rejectOne(later, 'work');
    expect(await deathsIn(later, 'work')).toEqual([
      ['wait', 'expired', 2],
      ['work', 'rejected', 2],
    ]);
  });

  it('does not count on deaths that its publisher tells of, nor drop it for their sake', async () => {
    const { at, client } = await opened();
    client.declare('source', toMorgue);
    const told = { 'x-death': [{ queue: 'morgue', reason: 'expired', count: 'many' }] };
    const headers = { ...told, 'x-first-death-queue': 'made-up', 'x-first-death-reason': 'expired' };
    client.publish({ routingKey: 'source', headers, properties: { expiration: '10' } });
    at.clock.advance(1_000);
    await settle();
    expect(await deathsIn(at, 'morgue')).toEqual([['source', 'expired', 1]]);
    client.consume('morgue');
    await settle();
    expect(client.sink.deliveries[0]!.properties.headers?.get('x-first-death-queue')).toBe('source');
  });

  it('goes by a given dead-letter key alone, here and in later queues, and keeps its CC', async () => {
    const { at, client } = await opened();
    client.declareExchange('dead', 'direct');
    client.declare('source', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'middle' });
    client.declare('middle', { 'x-dead-letter-exchange': 'dead' });
    for (const name of ['copy', 'blind']) client.declare(name);
    for (const key of ['middle', 'copy', 'blind'])
      client.bind('dead', key === 'middle' ? 'morgue' : key, key);
    client.publish({ routingKey: 'source', headers: { CC: ['copy'], BCC: ['blind'] } });
    expect([at.queue('copy').ready, at.queue('blind').ready]).toEqual([1, 1]);
    await rejectOne(at, 'source');
    await rejectOne(at, 'middle');
    expect([at.queue('copy').ready, at.queue('blind').ready, at.queue('morgue').ready]).toEqual([1, 1, 1]);
    client.consume('morgue');
    await settle();
    const { headers } = client.sink.deliveries[0]!.properties;
    expect([headers?.get('CC'), headers?.has('BCC')]).toEqual([['copy'], false]);
  });

  it('goes by CC and BCC again where no dead-letter key is given', async () => {
    const { at, client } = await opened();
    client.declareExchange('dead', 'direct');
    client.declare('source', { 'x-dead-letter-exchange': 'dead' });
    for (const name of ['copy', 'blind']) client.declare(name);
    for (const [queue, key] of [
      ['copy', 'cc'],
      ['blind', 'bcc'],
    ] as const)
      client.bind('dead', queue, key);
    client.publish({ routingKey: 'source', headers: { CC: ['cc'], BCC: ['bcc'] } });
    await rejectOne(at, 'source');
    expect([at.queue('copy').ready, at.queue('blind').ready]).toEqual([1, 1]);
    client.consume('blind', { noAck: true });
    await settle();
    const { headers } = client.sink.deliveries[0]!.properties;
    expect(headers?.has('BCC')).toBe(false);
  });

  it('keeps a routing key that is not UTF-8, at its full length', async () => {
    const { at, client } = await opened();
    client.declare('source', { 'x-dead-letter-exchange': 'dead', 'x-message-ttl': 10 });
    client.declareExchange('in', 'fanout');
    client.declareExchange('dead', 'fanout');
    client.bind('in', 'source');
    client.bind('dead', 'morgue');
    const routingKey = '\udcff'.repeat(255);
    client.channel.publish(
      rawInboundMessage('in', routingKey, encodeProperties({ deliveryMode: 2 }), Buffer.from('x')),
    );
    at.clock.advance(1_000);
    await settle();
    client.consume('morgue', { noAck: true });
    await settle();
    expect(client.sink.deliveries.map((one) => [one.routingKey, one.body.toString()])).toEqual([
      [routingKey, 'x'],
    ]);
  });

  it('refuses a dead-letter routing key or exchange that no message could carry', async () => {
    const { client } = await opened();
    const long = 'k'.repeat(256);
    expect(() => {
      client.declare('a', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': long });
    }).toThrow(/x-dead-letter-routing-key/);
    expect(() => {
      client.declare('b', { 'x-dead-letter-exchange': long });
    }).toThrow(/x-dead-letter-exchange/);
  });

  it('lets the next message of its key come forward, also when its body is read from disk first', async () => {
    const { at, client } = await opened();
    client.declare('keyed', toMorgue);
    const consumer = at.client();
    consumer.consume('keyed');
    for (const body of ['one', 'two'])
      client.publish({ routingKey: 'keyed', body, headers: { 'x-key': 'a' } });
    await settle();
    expect(consumer.sink.bodies).toEqual(['one']);
    // Fills the caches, so that the body of the first is only on disk.
    client.declare('other');
    for (let n = 0; n < 64; n++) client.publish({ routingKey: 'other', body: Buffer.alloc(16_000) });
    await at.broker.administration.durable();
    consumer.channel.reject(1, false, false);
    await settle(20);
    expect(consumer.sink.bodies).toEqual(['one', 'two']);
    expect(at.queue('morgue').ready).toBe(1);
  });

  it('does not keep the other queues of a publish from hearing of it', async () => {
    const { at, client } = await opened();
    client.declareExchange('in', 'fanout');
    client.declareExchange('dead', 'fanout');
    for (const name of ['dead-1', 'dead-2']) {
      client.declare(name);
      client.bind('dead', name);
    }
    client.declare('short', { 'x-max-length': 0, 'x-dead-letter-exchange': 'dead' });
    client.declare('long');
    client.bind('in', 'short');
    client.bind('in', 'long');
    const consumer = at.client();
    consumer.consume('long', { noAck: true });
    await settle();
    client.publish({ exchange: 'in', routingKey: '', body: 'x' });
    await settle();
    expect(consumer.sink.bodies).toEqual(['x']);
    expect([at.queue('dead-1').ready, at.queue('dead-2').ready]).toEqual([1, 1]);
  });

  it("that a full queue refuses goes on to that queue's dead-letter exchange, in one piece with its move", async () => {
    const { at, client } = await opened();
    const refuses = { 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' };
    client.declare('full', { ...refuses, ...toMorgue });
    client.declare('source', { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'full' });
    client.publish({ routingKey: 'source', body: 'x' });
    await rejectOne(at, 'source');
    expect(await deathsIn(at, 'morgue')).toEqual([
      ['full', 'maxlen', 1],
      ['source', 'rejected', 1],
    ]);
  });

  it('ends in a circle of full queues, each of which sends it to all', async () => {
    const { at, client } = await opened();
    client.declareExchange('all', 'fanout');
    const refuses = {
      'x-max-length': 0,
      'x-overflow': 'reject-publish-dlx',
      'x-dead-letter-exchange': 'all',
    };
    for (let n = 0; n < 12; n++) {
      client.declare(`full-${n}`, refuses);
      client.bind('all', `full-${n}`);
    }
    client.declare('source', { 'x-dead-letter-exchange': 'all' });
    client.bind('all', 'morgue');
    client.publish({ routingKey: 'source' });
    await rejectOne(at, 'source');
    // Once from the source, and once from each queue that refused it.
    expect(at.queue('morgue').ready).toBe(13);
  });

  it('passes through a long chain of queues that keep nothing', async () => {
    const { at, client } = await opened();
    const length = 1_200;
    for (let n = 0; n < length; n++) {
      client.declare(`chain-${n}`, {
        'x-max-length': 0,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': n + 1 < length ? `chain-${n + 1}` : 'morgue',
      });
    }
    client.publish({ routingKey: 'chain-0', body: 'x' });
    await settle(200);
    expect(at.queue('morgue').ready).toBe(1);
    await at.broker.administration.durable();
  }, 60_000);

  it('does not tell its readers of blind copies', async () => {
    const { client } = await opened();
    client.declare('full', { ...toMorgue, 'x-max-length': 0, 'x-overflow': 'reject-publish-dlx' });
    client.declare('copy');
    client.publish({ routingKey: 'full', headers: { BCC: ['copy'] } });
    await settle();
    client.consume('morgue', { noAck: true });
    client.consume('copy', { noAck: true });
    await settle();
    expect(client.sink.deliveries).toHaveLength(2);
    for (const { properties } of client.sink.deliveries) expect(properties.headers?.has('BCC')).toBe(false);
  });
});

describe('a delayed exchange', () => {
  it('delivers once to each queue, also when messages come to it through another exchange', async () => {
    const { at, client } = await opened();
    client.declareExchange('front', 'fanout');
    client.declareExchange('later', 'x-delayed-message', { 'x-delayed-type': 'fanout' });
    client.channel.bindExchange({
      source: 'front',
      destination: 'later',
      routingKey: '',
      arguments: fieldTable({}),
    });
    for (const name of ['now', 'then']) client.declare(name);
    client.bind('front', 'now');
    client.bind('later', 'then');
    client.publish({ exchange: 'front', routingKey: '', headers: { 'x-delay': 500 } });
    expect(at.queue('now')).toMatchObject({ ready: 0, delayed: 1 });
    expect(at.queue('then')).toMatchObject({ ready: 0, delayed: 0 });
    at.clock.advance(500);
    await settle();
    expect([at.queue('now').ready, at.queue('then').ready]).toEqual([1, 1]);
  });

  it('takes its store with it when its virtual host goes', async () => {
    const { at } = await opened();
    at.broker.administration.createVirtualHost('tenant');
    const client = at.client('tenant');
    client.declareExchange('later', 'x-delayed-message', { 'x-delayed-type': 'fanout' });
    client.publish({
      exchange: 'later',
      routingKey: '',
      body: Buffer.alloc(10_000),
      headers: { 'x-delay': 1e6 },
    });
    const before = at.broker.journal.stats().liveBytes;
    at.broker.administration.deleteVirtualHost('tenant');
    await settle();
    expect(before).toBeGreaterThan(10_000);
    expect(at.broker.journal.stats().liveBytes).toBe(0);
    expect(() => {
      client.declare('orphan');
    }).toThrow(/no virtual host 'tenant'/);
    await at.restart();
  });
});
