/** Long lists: sorted, cut to pages and columns, without a long slice; and rates from two readings. */
import { expect, it, describe } from 'vitest';
import { FakeClock, seededRandom } from '../../kernel/index.js';
import { Rates } from './rates.js';
import { sortInSlices } from './sort-in-slices.js';
import { rabbitFixture } from './testing/rabbit-fixture.js';

const queueCount = 2_500;

describe('thousands of queues', () => {
  it('are listed in order, by any column, and page by page', { timeout: 60_000 }, async () => {
    const rabbit = await rabbitFixture();
    try {
      const { broker, actor } = rabbit.server.services;
      const connection = broker.connect({ name: 'c', user: actor.identity.name, vhost: '/' });
      const channel = connection.openChannel({
        deliver: () => undefined,
        consumerCancelled: () => undefined,
        channelFailed: () => undefined,
      });
      const common = { durable: true, exclusive: false, autoDelete: false, arguments: new Map() };
      for (let n = 0; n < queueCount; n++)
        channel.declareQueue({ ...common, name: `q${(n * 7_919) % queueCount}` });
      const whole = (await rabbit.read('/queues?columns=name')) as { name: string }[];
      const names = whole.map(({ name }) => name);
      expect(names).toHaveLength(queueCount);
      expect(names).toEqual([...names].sort());
      const last = await rabbit.read('/queues?page=5&page_size=500&columns=name&sort=name&sort_reverse=true');
      expect(last).toMatchObject({ page: 5, page_count: 5, item_count: 500, total_count: queueCount });
      const { items } = last as { items: { name: string }[] };
      expect(items.map(({ name }) => name)).toEqual(names.slice(0, 500).reverse());
      const all = (await rabbit.read('/queues?sort=message_stats.publish')) as Record<string, unknown>[];
      expect(all).toHaveLength(queueCount);
      const wanted = ['messages', 'policy', 'state', 'consumer_capacity'];
      const some = await rabbit.read(`/queues?sort=message_stats.publish&columns=${wanted.join(',')}`);
      expect(some).toEqual(all.map((item) => Object.fromEntries(wanted.map((name) => [name, item[name]]))));
    } finally {
      await rabbit.close();
    }
  });
});

it('a list is sorted as the language sorts it, whatever its length', async () => {
  const random = seededRandom(11);
  for (const length of [0, 1, 500, 501, 1_001, 9_999]) {
    const rows = Array.from({ length }, (_, index) => ({ key: Math.floor(random.next() * 50), index }));
    const compare = (a: { key: number }, b: { key: number }): number => a.key - b.key;
    expect(await sortInSlices(rows, compare)).toEqual([...rows].sort(compare));
  }
});

describe('rates', () => {
  const report = (published: number) => ({
    ...{ vhost: '/', name: 'q', published, delivered: 0, acknowledged: 0, redelivered: 0 },
    ...{ ready: published, gated: 0, unacknowledged: 0 },
  });

  it('are unknown until there are two readings, then the growth between them in a second', async () => {
    const clock = new FakeClock();
    let published = 100;
    const administration = {
      *eachQueue() {
        yield report(published);
      },
      measures: { eachExchange: () => [] },
      retiredCounters: () =>
        new Map([['/', { published: 7, delivered: 0, acknowledged: 0, redelivered: 0 }]]),
    };
    const readable = { broker: { administration }, connections: { churn: undefined, figures: () => [] } };
    const rates = new Rates(clock);
    await rates.read(readable as never);
    expect(rates.ofQueue('/', 'q')).toBeUndefined();
    clock.advance(4_000);
    published = 110;
    await rates.read(readable as never);
    expect(rates.ofQueue('/', 'q')).toMatchObject({ publish: 2.5, deliver: 0, ready: 2.5 });
    expect(rates.ofVhost('/')).toMatchObject({ publish: 2.5 });
    expect(rates.ofQueue('/', 'other')).toBeUndefined();
  });
});
