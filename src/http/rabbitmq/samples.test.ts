/** Samples and rates: out of history, and out of readings while somebody asks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rabbitFixture, type RabbitFixture } from './testing/rabbit-fixture.js';
import { addSamples, detailsOf, samplesOf } from './samples.js';

describe('samples', () => {
  const point = (second: number, value: number | undefined) => ({ atMs: second * 1_000, value });

  it('are the newest points before each multiple of the step, the newest first', () => {
    const points = [point(100, 1), point(105, 2), point(111, 3), point(114, 4)];
    const samples = samplesOf(points, { ageSeconds: 10, incrSeconds: 5 }, 117_000, 5_000);
    expect(samples).toEqual([
      { sample: 4, timestamp: 115_000 },
      { sample: 2, timestamp: 110_000 },
      { sample: 2, timestamp: 105_000 },
    ]);
  });

  it('are left out where nothing was known for long, or is unknown', () => {
    const points = [point(100, 1), point(140, undefined), point(150, 3)];
    const samples = samplesOf(points, { ageSeconds: 60, incrSeconds: 10 }, 150_000, 5_000);
    expect(samples.map(({ timestamp }) => timestamp)).toEqual([150_000, 110_000, 100_000]);
  });

  it('tell rates and a mean; one alone tells no rate', () => {
    const samples = [
      { sample: 30, timestamp: 20_000 },
      { sample: 20, timestamp: 15_000 },
      { sample: 10, timestamp: 10_000 },
    ];
    expect(detailsOf(samples)).toEqual({ rate: 2, samples, avg_rate: 2, avg: 20 });
    expect(detailsOf(samples.slice(0, 1))).toEqual({ samples: samples.slice(0, 1), avg: 30 });
    expect(detailsOf([])).toEqual({});
  });

  it('of two figures are added up where both are known', () => {
    const first = [
      { sample: 1, timestamp: 2 },
      { sample: 2, timestamp: 1 },
    ];
    expect(addSamples(first, [{ sample: 5, timestamp: 1 }])).toEqual([{ sample: 7, timestamp: 1 }]);
  });
});

interface Details {
  readonly rate?: number;
  readonly avg_rate?: number;
  readonly samples?: readonly { readonly sample: number; readonly timestamp: number }[];
}

interface Answer {
  readonly message_stats: Readonly<Record<string, Details>>;
  readonly messages_details?: Details;
  readonly messages_ready_details?: Details;
  readonly queue_totals: Readonly<Record<string, Details>>;
}

describe('what is answered', () => {
  let rabbit: RabbitFixture;

  beforeEach(async () => {
    rabbit = await rabbitFixture({ onFakeClock: true });
    await rabbit.api('PUT', '/queues/%2F/q', { json: { durable: true } });
  });
  afterEach(() => rabbit.close());

  async function publish(): Promise<void> {
    const json = { properties: {}, routing_key: 'q', payload: 'x', payload_encoding: 'string' };
    await rabbit.api('POST', '/exchanges/%2F/amq.default/publish', { json });
  }

  /** A message a second, measured every second. */
  async function live(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await publish();
      await rabbit.server.measure();
    }
  }

  const read = async (path: string): Promise<Answer> => (await rabbit.read(path)) as Answer;

  it('has samples of a queue out of history', async () => {
    await live(30);
    const range = 'msg_rates_age=20&msg_rates_incr=5&lengths_age=20&lengths_incr=5';
    const queue = await read(`/queues/%2F/q?${range}`);
    const published = queue.message_stats['publish_details']!;
    expect(published).toMatchObject({ rate: 1, avg_rate: 1 });
    expect(published.samples).toHaveLength(5);
    const steps = published.samples!.slice(1).map(({ sample, timestamp }, index) => {
      const newer = published.samples![index]!;
      return [newer.sample - sample, newer.timestamp - timestamp, newer.timestamp % 5_000];
    });
    expect(steps).toEqual([0, 1, 2, 3].map(() => [5, 5_000, 0]));
    expect(published.samples![0]!.sample).toBeGreaterThanOrEqual(25);
    expect(queue.message_stats['ack_details']).toMatchObject({ rate: 0, avg_rate: 0 });
    const lengths = queue.messages_ready_details!.samples!.map(({ sample }) => sample);
    expect(lengths).toHaveLength(5);
    expect(lengths[0]! - lengths[4]!).toBe(20);
    expect(queue.messages_details!.samples).toEqual(queue.messages_ready_details!.samples);
  });

  it('has no samples of a time before the queue was known', async () => {
    await live(12);
    const queue = await read('/queues/%2F/q?msg_rates_age=600&msg_rates_incr=5');
    expect(queue.message_stats['publish_details']!.samples!.length).toBeLessThan(5);
  });

  it('has no samples unless they are asked for, and refuses more than RabbitMQ gives', async () => {
    await live(10);
    const plain = await read('/queues/%2F/q?msg_rates_age=x&msg_rates_incr=5&lengths_age=5');
    expect(JSON.stringify(plain)).not.toContain('samples');
    for (const range of ['age=60&lengths_incr=0', 'age=501&lengths_incr=1', 'age=-1&lengths_incr=5']) {
      const refused = await rabbit.api('GET', `/queues/%2F/q?lengths_${range}`);
      expect([range, refused.status, refused.json['error']]).toEqual([range, 400, 'bad_request']);
    }
  });

  it('has rates and samples of virtual hosts out of readings', { timeout: 30_000 }, async () => {
    await rabbit.read('/overview');
    for (let reading = 0; reading < 3; reading++) {
      await live(5);
      // A reading takes turns of the event loop.
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    }
    const range = 'msg_rates_age=10&msg_rates_incr=5&lengths_age=10&lengths_incr=5';
    const overview = await read(`/overview?${range}`);
    expect(overview.message_stats['publish_details']).toMatchObject({ rate: 1, avg_rate: 1 });
    expect(overview.queue_totals['messages_details']!.samples!.length).toBeGreaterThan(1);
    const vhost = await read(`/vhosts/%2F?${range}`);
    expect(vhost.message_stats['publish_details']).toEqual(overview.message_stats['publish_details']);
    const exchange = await read('/exchanges/%2F/amq.default');
    expect(exchange.message_stats).toMatchObject({
      ...{ publish_in: 15, publish_out: 15 },
      publish_in_details: { rate: 1 },
    });
  });

  it('counts what an exchange took and what queues were given of it', async () => {
    await rabbit.api('PUT', '/exchanges/%2F/fan', { json: { type: 'fanout' } });
    const json = { properties: {}, routing_key: '', payload: 'x', payload_encoding: 'string' };
    await rabbit.api('POST', '/exchanges/%2F/fan/publish', { json });
    for (const queue of ['a', 'b']) {
      await rabbit.api('PUT', `/queues/%2F/${queue}`, { json: { durable: true } });
      await rabbit.api('POST', `/bindings/%2F/e/fan/q/${queue}`, { json: {} });
    }
    await rabbit.api('POST', '/exchanges/%2F/fan/publish', { json });
    expect(await read('/exchanges/%2F/fan')).toMatchObject({
      message_stats: { publish_in: 2, publish_out: 2 },
    });
    expect(await read('/exchanges/%2F/amq.topic')).not.toHaveProperty('message_stats');
  });

  it('tells what the memory of the node is made of, and of no other node', async () => {
    const nodes = (await rabbit.read('/nodes?columns=name')) as { name: string }[];
    const name = encodeURIComponent(nodes[0]!.name);
    expect(await rabbit.read(`/nodes/${name}/memory`)).toMatchObject({
      memory: { strategy: 'rss', total: { rss: 100 } },
    });
    expect((await rabbit.api('GET', '/nodes/other/memory')).status).toBe(404);
  });
});
