/** A real RabbitMQ, and a Sluice server, beside Sluice, as they are measured. */
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/index.js';
import { catalogue, queueKind, seriesOf, type Sample, type SampleSource } from '../../src/monitor/index.js';
import { observedEngine } from '../../src/hosting/index.js';
import type { BrokerServer } from '../support/server.mjs';
import { rabbitUnavailable, startRabbit } from '../support/start-rabbit.mjs';
import { startSluice } from '../support/start-sluice.mjs';

const reason = rabbitUnavailable();
const isRequired = process.env['SLUICE_REQUIRE_ALL'] === '1';
if (reason !== undefined) console.warn(`skipped: ${reason}`);

/** Observes until `isThere`, as a monitor would each second. */
async function until<Found>(find: () => Found | undefined): Promise<Found> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function copied(source: SampleSource): Sample[] {
  return Array.from(source.observe(), (sample) => ({
    ...sample,
    labels: [...sample.labels],
    figures: sample.figures.slice(),
  }));
}

/** What is known of an object, by the kind and labels that begin so. */
function knownOf(sources: readonly SampleSource[], object: string): Record<string, number> | undefined {
  for (const source of sources) {
    for (const { kind, labels, figures } of copied(source)) {
      if (!`${kind} ${labels.join(' ')} `.startsWith(object)) continue;
      const series = seriesOf(catalogue.find(({ name }) => name === kind)!);
      const known = series.flatMap(({ name }, column) =>
        Number.isNaN(figures[column]) ? [] : [[name.replace('sluice_', ''), figures[column]!] as const],
      );
      return Object.fromEntries(known);
    }
  }
  return undefined;
}

const plugins = ['rabbitmq_management'];

/** Servers that can stand beside; each is measured over the same API. */
const servers = [
  ['RabbitMQ', reason !== undefined && !isRequired, () => startRabbit({ plugins })],
  ['a Sluice server', false, () => startSluice()],
] as const;

describe.each(servers)('%s beside Sluice', (name, isSkipped, start) => {
  it.skipIf(isSkipped)(
    'tells of consumers, connections, virtual hosts and churn',
    { timeout: 120_000 },
    async () => {
      const server = await start();
      try {
        const port = (server as unknown as { readonly ports: { readonly http: number } }).ports.http;
        const sources = observedEngine('beside', `http://guest:guest@127.0.0.1:${port}`, systemClock());
        const connection = await connect(server.url);
        const channel = await connection.createConfirmChannel();
        await channel.prefetch(2);
        await channel.assertQueue('work', { deadLetterExchange: '', deadLetterRoutingKey: 'dead' });
        await channel.assertQueue('dead');
        const held: Parameters<typeof channel.ack>[0][] = [];
        await channel.consume('work', (message) => held.push(message!), { consumerTag: 'tag' });
        for (let index = 0; index < 3; index++) channel.sendToQueue('work', Buffer.from('x'));
        channel.publish('amq.direct', 'nowhere', Buffer.from('x'));
        await channel.waitForConfirms();
        const waitFor = (object: string, wanted: Record<string, number>): Promise<unknown> =>
          until(() => {
            const known = knownOf(sources, object);
            return Object.entries(wanted).every(([figure, value]) => known?.[figure] === value) || undefined;
          });
        await until(() => (held.length === 2 ? true : undefined));
        await waitFor('consumer beside / work ', {
          ...{ consumer_prefetch_limit: 2, consumer_unacknowledged_messages: 2 },
        });
        channel.nack(held[0]!, false, false);
        await waitFor('queue beside / work ', { messages_published_total: 3, messages_unacknowledged: 2 });
        await waitFor('connection beside ', { connection_channels: 1, connection_blocked: 0 });
        await waitFor('vhost beside / ', { queues: 2, messages_unroutable_dropped_total: 1 });
        await waitFor('engine beside ', {
          engine_up: 1,
          messages_unroutable_total: 1,
          channels_opened_total: 1,
        });
        // RabbitMQ does not say, queue by queue, what was dead-lettered.
        if (name === 'a Sluice server')
          await waitFor('queue beside / work ', { messages_dead_lettered_total: 1 });
        else
          expect(knownOf(sources, 'queue beside / work ')).not.toHaveProperty('messages_dead_lettered_total');
        await connection.close();
      } finally {
        await server.stop();
      }
    },
  );
});

describe.skipIf(reason !== undefined && !isRequired)('RabbitMQ beside Sluice', () => {
  let rabbit: BrokerServer;
  let sources: SampleSource[];

  beforeAll(async () => {
    rabbit = await startRabbit({ plugins: ['rabbitmq_management'] });
    const port = (rabbit as unknown as { readonly ports: { readonly http: number } }).ports.http;
    sources = observedEngine('orders', `http://guest:guest@127.0.0.1:${port}`, systemClock());
  }, 120_000);
  afterAll(() => rabbit.stop(), 60_000);

  it('tells of its queues, its node and itself', { timeout: 60_000 }, async () => {
    const connection = await connect(rabbit.url);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('work');
    for (let index = 0; index < 3; index++) channel.sendToQueue('work', Buffer.from('x'));
    await channel.waitForConfirms();
    const ready = seriesOf(queueKind).findIndex(({ name }) => name === 'sluice_messages_ready');
    const [engine, queues, nodes] = sources as [SampleSource, SampleSource, SampleSource];
    const queue = await until(() => {
      void copied(engine);
      return copied(queues).find(({ figures }) => figures[ready] === 3);
    });
    expect(queue.labels).toEqual(['orders', '/', 'work']);
    expect(copied(nodes)).toHaveLength(1);
    const kinds = copied(engine);
    expect(kinds[0]).toMatchObject({ kind: 'engine', labels: ['orders'] });
    expect(kinds[0]!.figures[0]).toBe(1);
    expect(kinds.map(({ kind }) => kind)).toContain('release');
    await connection.close();
  });
});
