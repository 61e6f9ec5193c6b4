/** Which queues a message reaches: exchange types, exchange-to-exchange bindings, alternates, CC and BCC. */
import { expect } from 'vitest';
import type { Case } from '../exercise-broker.js';
import { refusal } from '../refusal.js';
import type { Channel, Trial } from '../trial.js';
import type { Table } from '../wire/values.js';

/** Publishes one message for each of `keys` and gives the keys that reached `queue`. */
async function reached(
  channel: Channel,
  exchange: string,
  queue: string,
  keys: readonly string[],
): Promise<string[]> {
  for (const key of keys) channel.publish(key, key, { exchange });
  return channel.drain(queue);
}

async function bound(
  t: Trial,
  channel: Channel,
  type: string,
  key: string,
  args?: Table,
): Promise<[string, string]> {
  const exchange = await channel.exchange(t.name(), type);
  const queue = await channel.queue(t.name());
  await channel.bind(queue, exchange, key, args);
  return [exchange, queue];
}

const topics: readonly [string, readonly string[], readonly string[]][] = [
  ['a.b.c', ['a.b.c'], ['a.b', 'a.b.c.d', 'A.b.c', '']],
  ['a.*.c', ['a.b.c', 'a..c'], ['a.c', 'a.b.b.c']],
  ['*', ['a'], ['a.b', '']],
  ['#', ['', 'a', 'a.b.c', '...'], []],
  ['a.#', ['a', 'a.b', 'a.b.c', 'a.'], ['b', '', 'ab']],
  ['#.c', ['c', 'b.c', 'a.b.c'], ['c.d', 'cc']],
  ['a.#.c', ['a.c', 'a.b.c', 'a.b.b.c'], ['a', 'c', 'a.b']],
  ['#.b.#', ['b', 'a.b', 'b.c', 'a.b.c', 'a.a.b.c.c'], ['a', 'bb', '']],
  ['#.#', ['', 'a', 'a.b'], []],
  ['*.#', ['a', 'a.b'], ['']],
  ['#.*.#', ['a', 'a.b'], []],
  ['*.*', ['a.b', '.'], ['a', 'a.b.c']],
  ['', [''], ['a', '.']],
  ['a.*', ['a.b', 'a.', 'a.*', 'a.#'], ['a', 'a.b.c']],
];

const headerMatches: readonly [Table, Table, boolean][] = [
  [{ 'x-match': 'all', a: 1, b: 'x' }, { a: 1, b: 'x', c: 2 }, true],
  [{ 'x-match': 'all', a: 1, b: 'x' }, { a: 1 }, false],
  [{ a: 1, b: 'x' }, { a: 1, b: 'x' }, true],
  [{ 'x-match': 'any', a: 1, b: 'x' }, { b: 'x' }, true],
  [{ 'x-match': 'any', a: 1, b: 'x' }, { a: 2, c: 1 }, false],
  [{ 'x-match': 'all' }, {}, true],
  [{ 'x-match': 'any' }, { a: 1 }, false],
  [{ 'x-match': 'all', a: null }, { a: 'anything' }, true],
  [{ 'x-match': 'all', a: null }, { b: 1 }, false],
  [{ 'x-match': 'all', a: '1' }, { a: 1 }, false],
  [{ 'x-match': 'all', 'x-mine': 1 }, {}, true],
];

const headerMatchesWithX: readonly [Table, Table, boolean][] = [
  [{ 'x-match': 'all-with-x', 'x-mine': 1 }, {}, false],
  [{ 'x-match': 'all-with-x', 'x-mine': 1 }, { 'x-mine': 1 }, true],
  [{ 'x-match': 'any-with-x', 'x-mine': 1, a: 2 }, { 'x-mine': 1 }, true],
  [{ 'x-match': 'any-with-x', 'x-mine': 1, a: 2 }, { 'x-mine': 2 }, false],
];

export function exerciseRouting(behaviour: Case): void {
  behaviour('direct: the key exactly', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'direct', 'k');
    expect(await reached(channel, exchange, queue, ['k', 'K', 'kk', '', 'k'])).toEqual(['k', 'k']);
  });

  behaviour('fanout: any key', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'fanout', 'ignored');
    expect(await reached(channel, exchange, queue, ['a', ''])).toEqual(['a', '']);
  });

  for (const [pattern, matching, others] of topics) {
    behaviour(`topic: ${JSON.stringify(pattern)}`, async (t) => {
      const channel = await t.channel();
      const [exchange, queue] = await bound(t, channel, 'topic', pattern);
      expect(await reached(channel, exchange, queue, [...matching, ...others])).toEqual(matching);
    });
  }

  behaviour('topic: unbinding one pattern leaves the others', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'topic', 'a.#');
    await channel.bind(queue, exchange, 'a.b');
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'a.#' });
    expect(await reached(channel, exchange, queue, ['a.b', 'a.c'])).toEqual(['a.b']);
  });

  for (const [args, headers, matches] of [...headerMatches, ...headerMatchesWithX]) {
    const title = `headers: ${JSON.stringify(args)} ${matches ? 'takes' : 'leaves'} ${JSON.stringify(headers)}`;
    behaviour(title, async (t) => {
      const channel = await t.channel();
      const [exchange, queue] = await bound(t, channel, 'headers', '', args);
      channel.publish('', 'x', { exchange, properties: { headers } });
      expect(await channel.drain(queue)).toEqual(matches ? ['x'] : []);
    });
  }

  behaviour('headers: an unknown x-match is refused with 406', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = [await channel.exchange(t.name(), 'headers'), await channel.queue(t.name())];
    const refused = await channel.refused('queue.bind', {
      queue,
      exchange,
      arguments: { 'x-match': 'some' },
    });
    expect(refused).toEqual(refusal(406, 'queue.bind'));
  });

  behaviour('a queue bound twice to one exchange receives one copy', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'topic', 'a.*');
    await channel.bind(queue, exchange, '*.b');
    await channel.bind(queue, exchange, '#');
    expect(await reached(channel, exchange, queue, ['a.b'])).toEqual(['a.b']);
  });

  behaviour('the same binding twice is one binding', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'direct', 'k');
    await channel.bind(queue, exchange, 'k');
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'k' });
    expect(await reached(channel, exchange, queue, ['k'])).toEqual([]);
  });

  behaviour('bindings that differ in arguments are two', async (t) => {
    const channel = await t.channel();
    const [exchange, queue] = await bound(t, channel, 'direct', 'k', { a: 1 });
    await channel.bind(queue, exchange, 'k', { a: 2 });
    await channel.call('queue.unbind', { queue, exchange, routingKey: 'k', arguments: { a: 1 } });
    expect(await reached(channel, exchange, queue, ['k'])).toEqual(['k']);
  });

  behaviour('every queue bound receives its copy', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'fanout');
    const queues = [
      await channel.queue(t.name()),
      await channel.queue(t.name()),
      await channel.queue(t.name()),
    ];
    for (const queue of queues) await channel.bind(queue, exchange, '');
    channel.publish('', 'x', { exchange });
    for (const queue of queues) expect(await channel.drain(queue)).toEqual(['x']);
  });

  behaviour('exchange to exchange: keys match at each step, one copy arrives', async (t) => {
    const channel = await t.channel();
    const source = await channel.exchange(t.name(), 'topic');
    const [left, right] = [
      await channel.exchange(t.name(), 'direct'),
      await channel.exchange(t.name(), 'fanout'),
    ];
    const queue = await channel.queue(t.name());
    await channel.call('exchange.bind', { destination: left, source, routingKey: 'a.*' });
    await channel.call('exchange.bind', { destination: right, source, routingKey: '*.b' });
    await channel.bind(queue, left, 'a.b');
    await channel.bind(queue, right, '');
    expect(await reached(channel, source, queue, ['a.b', 'a.c', 'c.b', 'c.c'])).toEqual(['a.b', 'c.b']);
    await channel.call('exchange.unbind', { destination: right, source, routingKey: '*.b' });
    expect(await reached(channel, source, queue, ['a.b', 'c.b'])).toEqual(['a.b']);
  });

  behaviour('exchanges bound in a circle end', async (t) => {
    const channel = await t.channel();
    const [one, two] = [
      await channel.exchange(t.name(), 'fanout'),
      await channel.exchange(t.name(), 'fanout'),
    ];
    const queue = await channel.queue(t.name());
    await channel.call('exchange.bind', { destination: two, source: one });
    await channel.call('exchange.bind', { destination: one, source: two });
    await channel.call('exchange.bind', { destination: one, source: one });
    await channel.bind(queue, two, '');
    expect(await reached(channel, one, queue, ['k'])).toEqual(['k']);
  });

  behaviour('deleting an exchange removes its bindings as source and destination', async (t) => {
    const channel = await t.channel();
    const [one, two] = [
      await channel.exchange(t.name(), 'fanout'),
      await channel.exchange(t.name(), 'fanout'),
    ];
    const queue = await channel.queue(t.name());
    await channel.call('exchange.bind', { destination: two, source: one });
    await channel.bind(queue, two, '');
    await channel.call('exchange.delete', { exchange: two });
    await channel.exchange(two, 'fanout');
    expect(await reached(channel, one, queue, ['k'])).toEqual([]);
    expect(await reached(channel, two, queue, ['k'])).toEqual([]);
  });

  behaviour('an alternate exchange takes what no binding took', async (t) => {
    const channel = await t.channel();
    const alternate = await channel.exchange(t.name(), 'fanout');
    const exchange = await channel.exchange(t.name(), 'direct', { 'alternate-exchange': alternate });
    const [queue, rest] = [await channel.queue(t.name()), await channel.queue(t.name())];
    await channel.bind(queue, exchange, 'k');
    await channel.bind(rest, alternate, '');
    for (const key of ['k', 'other']) channel.publish(key, key, { exchange, mandatory: true });
    expect(await channel.drain(queue)).toEqual(['k']);
    expect(await channel.drain(rest)).toEqual(['other']);
    expect(await channel.arrivedByNow()).toEqual([]);
  });

  behaviour('alternates in a chain and in a circle end', async (t) => {
    const channel = await t.channel();
    const [one, two, three] = [t.name(), t.name(), t.name()];
    await channel.exchange(one, 'direct', { 'alternate-exchange': two });
    await channel.exchange(two, 'direct', { 'alternate-exchange': three });
    await channel.exchange(three, 'direct', { 'alternate-exchange': one });
    const queue = await channel.queue(t.name());
    await channel.bind(queue, three, 'k');
    expect(await reached(channel, one, queue, ['k', 'lost'])).toEqual(['k']);
  });

  behaviour('an absent alternate loses the message and returns a mandatory one', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'direct', { 'alternate-exchange': t.name() });
    channel.publish('k', 'x', { exchange, mandatory: true });
    expect((await channel.next('basic.return')).args).toMatchObject({ replyCode: 312 });
  });

  behaviour('CC and BCC add routing keys; BCC is taken off', async (t) => {
    const channel = await t.channel();
    const queues = [
      await channel.queue(t.name()),
      await channel.queue(t.name()),
      await channel.queue(t.name()),
    ];
    const [first, second, third] = queues as [string, string, string];
    channel.publish(first, 'x', { properties: { headers: { CC: [second], BCC: [third], kept: 1 } } });
    for (const queue of queues) {
      expect(await channel.get(queue)).toMatchObject({
        body: 'x',
        routingKey: first,
        headers: { CC: [second], kept: 1 },
      });
    }
    channel.publish(first, 'y', { properties: { headers: { BCC: [second] } } });
    expect((await channel.get(second))?.headers).toEqual({});
  });

  behaviour('a CC that is not a list of texts is refused with 406', async (t) => {
    const channel = await t.channel();
    channel.publish(t.name(), 'x', { properties: { headers: { CC: 'text' } } });
    expect(await channel.closed()).toEqual(refusal(406, 'basic.publish'));
  });

  behaviour('x-consistent-hash spreads by key, each key to one queue', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'x-consistent-hash');
    const queues = [await channel.queue(t.name()), await channel.queue(t.name())];
    for (const queue of queues) await channel.bind(queue, exchange, '10');
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 200; i++) channel.publish(`key-${i}`, `key-${i}`, { exchange });
    }
    const [left, right] = [await channel.drain(queues[0]!), await channel.drain(queues[1]!)];
    expect(left.length + right.length).toBe(400);
    expect(Math.min(left.length, right.length)).toBeGreaterThan(80);
    expect(left.filter((key) => right.includes(key))).toEqual([]);
  });

  behaviour('x-consistent-hash: a binding key that is no weight is refused with 406', async (t) => {
    const channel = await t.channel();
    const exchange = await channel.exchange(t.name(), 'x-consistent-hash');
    const queue = await channel.queue(t.name());
    expect(await channel.refused('queue.bind', { queue, exchange, routingKey: 'heavy' })).toMatchObject({
      code: 406,
    });
  });
}
