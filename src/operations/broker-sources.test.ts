import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seriesOf, catalogue } from '../monitor/index.js';
import { memoryServer, type MemoryServer } from './testing/memory-server.js';

let server: MemoryServer;

beforeEach(async () => {
  server = await memoryServer();
  await server.call('queue.declare', {
    ...{ vhost: '/', queue: 'orders', durable: true, autoDelete: false, arguments: {} },
  });
});
afterEach(() => server.close());

/** A figure of the newest measurement; NaN: unknown. */
function figure(kind: string, labels: readonly string[], series: string): number | undefined {
  const definition = catalogue.find(({ name }) => name === kind)!;
  const column = seriesOf(definition).findIndex(({ name }) => name === `sluice_${series}`);
  return server.services.figures?.find(kind, labels)?.[column];
}

const orders = ['embedded', '/', 'orders'];

async function publish(): Promise<void> {
  await server.call('publish', {
    ...{ vhost: '/', exchange: '', routingKey: 'orders', properties: {}, body: 'eA==' },
  });
}

async function consumeOne(heldMs: number): Promise<void> {
  let arrived: () => void = () => undefined;
  const delivery = new Promise<void>((resolve) => (arrived = resolve));
  async function* messages(): AsyncGenerator {
    await delivery;
    server.clock.advance(heldMs);
    yield { acknowledge: 1 };
  }
  await server.call(
    'consume',
    { vhost: '/', queue: 'orders', count: 1 },
    {
      onEvent: () => {
        arrived();
      },
      messages: messages(),
    },
  );
}

describe('what is measured of a broker', () => {
  it('tells how long messages waited and were processed', async () => {
    await publish();
    server.clock.advance(3_000);
    await server.measure();
    expect(figure('queue', orders, 'oldest_message_age_seconds')).toBeCloseTo(3, 1);
    expect(figure('queue', orders, 'message_wait_seconds_count')).toBe(0);
    server.clock.advance(2_000);
    await consumeOne(500);
    await server.measure();
    expect(figure('queue', orders, 'message_wait_seconds_count')).toBe(1);
    expect(figure('queue', orders, 'message_wait_seconds_sum')).toBeCloseTo(6, 1);
    expect(figure('queue', orders, 'message_processing_seconds_p99')).toBeCloseTo(0.5, 1);
    expect(figure('queue', orders, 'oldest_message_age_seconds')).toBe(0);
  });

  it('tells of queues, virtual hosts and the journal', async () => {
    await publish();
    await server.call('queue.pause', { vhost: '/', queue: 'orders' });
    await server.measure();
    expect(figure('queue', orders, 'messages_published_total')).toBe(1);
    expect(figure('queue', orders, 'paused')).toBe(1);
    expect(figure('queue', orders, 'least_laxity_seconds')).toBeNaN();
    expect(figure('vhost', ['embedded', '/'], 'queues')).toBe(1);
    expect(figure('vhost', ['embedded', '/'], 'messages_unroutable_dropped_total')).toBe(0);
    expect(figure('engine', ['embedded'], 'engine_up')).toBe(1);
    expect(figure('engine', ['embedded'], 'journal_records_total')).toBeGreaterThan(0);
    expect(figure('engine', ['embedded'], 'journal_sync_seconds_count')).toBeGreaterThan(0);
  });

  it('derives tasks from the queues that are theirs alone', async () => {
    const queue = 'sluice.tasks.charge';
    await server.call('queue.declare', {
      ...{ vhost: '/', queue, durable: true, autoDelete: false, arguments: {} },
    });
    await server.call('publish', { vhost: '/', exchange: '', routingKey: queue, properties: {}, body: '' });
    await server.measure();
    const charge = ['embedded', 'charge'];
    expect(figure('task', charge, 'task_enqueued_total')).toBe(1);
    expect(figure('task', charge, 'task_queue_length')).toBe(1);
    expect(figure('task', charge, 'task_running')).toBe(0);
    expect(figure('task', charge, 'task_wait_seconds_count')).toBe(0);
    expect(figure('task', charge, 'task_response_seconds_count')).toBeNaN();
    expect([...server.services.monitor!.latest('task')]).toHaveLength(1);
  });

  it('keeps in the sums the latencies of queues that are gone', async () => {
    await publish();
    await consumeOne(10);
    await server.measure();
    await server.call('queue.delete', { vhost: '/', queue: 'orders', ifUnused: false, ifEmpty: false });
    await server.measure();
    let counted: number | undefined;
    await server.services.monitor?.sums('queue', ({ histograms }) => (counted = histograms?.[0]?.count));
    expect(counted).toBe(1);
  });
});
