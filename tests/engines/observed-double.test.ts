/**
 * Engines beside the own one that are slow, broken, huge, or changing while they are read; the server is a double that
 * answers as it is told. What it does not say is unknown, and one engine's figures are never another's.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManagementClient, type ManagementBounds } from '../../src/engines/rabbitmq/index.js';
import { observedEngine } from '../../src/hosting/index.js';
import { FakeClock } from '../../src/kernel/index.js';
import { catalogue, seriesOf, type Sample, type SampleSource } from '../../src/monitor/index.js';

type Answer = (path: string, query: URLSearchParams) => unknown;

const bounds: ManagementBounds = { answerMs: 20_000, readingMs: 20_000, answerBytesMax: 200_000 };

/** Answers by path below `/api`; what is thrown is status 500, `hang` is never answered. */
class Double {
  readonly #server: Server;
  answers: Record<string, Answer>;
  /** Paths in the order in which they were asked. */
  readonly asked: string[] = [];

  private constructor(answers: Record<string, Answer>) {
    this.answers = answers;
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://double');
      const path = url.pathname.replace(/^\/api/, '');
      this.asked.push(path);
      const value = this.answers[path]?.(path, url.searchParams);
      if (value === 'hang') return;
      response.statusCode = value === undefined ? 404 : 200;
      response.end(typeof value === 'string' ? value : JSON.stringify(value ?? {}));
    });
  }

  static async start(answers: Record<string, Answer>): Promise<Double> {
    const double = new Double(answers);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://watcher:secret@127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const node = {
  ...{ name: 'n1', running: true, mem_used: 10, mem_limit: 100, fd_used: 5, fd_total: 50 },
  ...{ disk_free: 7, disk_free_limit: 3, uptime: 9_000, mem_alarm: false, disk_free_alarm: true },
};

/** A server with these queues. */
function serverWith(queues: readonly object[], changes: Record<string, Answer> = {}): Record<string, Answer> {
  return {
    '/overview': () => ({
      rabbitmq_version: '3.10.8',
      object_totals: { connections: 2 },
      churn_rates: { connection_created: 9, connection_closed: 7, channel_created: 6, channel_closed: 5 },
      message_stats: { drop_unroutable: 3, return_unroutable: 4 },
    }),
    '/nodes': () => [node],
    '/queues': (_path, query) => {
      const [page, size] = [Number(query.get('page')), Number(query.get('page_size'))];
      const items = queues.slice((page - 1) * size, page * size);
      return { items, page_count: Math.ceil(queues.length / size) };
    },
    '/connections': () => ({
      items: [{ name: 'c', recv_oct: 1, send_oct: 2, send_pend: 0, channels: 1, state: 'blocked' }],
      page_count: 1,
    }),
    '/channels': () => ({
      items: [{ name: 'c (1)', consumer_count: 1, messages_unacknowledged: 4, message_stats: { ack: 2 } }],
      page_count: 1,
    }),
    '/consumers': () => [
      {
        consumer_tag: 't',
        prefetch_count: 5,
        queue: { vhost: '/', name: 'q' },
        channel_details: { name: 'c (1)' },
      },
    ],
    '/vhosts': () => [{ name: '/', message_stats: { drop_unroutable: 1, return_unroutable: 2 } }],
    ...changes,
  };
}

/** What a source tells, by kind and labels: figures that are known, by their names. */
function told(sources: readonly SampleSource[]): Map<string, Record<string, number>> {
  const all = new Map<string, Record<string, number>>();
  for (const source of sources) {
    let samples: Iterable<Sample> = [];
    try {
      samples = source.observe();
      for (const { kind, labels, figures } of samples) {
        const series = seriesOf(catalogue.find(({ name }) => name === kind)!);
        const known = series.flatMap(({ name }, column) =>
          Number.isNaN(figures[column]) ? [] : [[name.replace('sluice_', ''), figures[column]!] as const],
        );
        all.set([kind, ...labels].join(' '), Object.fromEntries(known));
      }
    } catch {
      // A source that cannot be measured tells nothing.
    }
  }
  return all;
}

/** Observes until `isThere`: the reading goes on beside the measurement. */
async function until(
  sources: readonly SampleSource[],
  isThere: (all: Map<string, Record<string, number>>) => boolean,
): Promise<Map<string, Record<string, number>>> {
  for (;;) {
    const all = told(sources);
    if (isThere(all)) return all;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

let double: Double;
const isUp = (all: Map<string, Record<string, number>>): boolean =>
  all.get('engine one')?.['engine_up'] === 1;
const isDown = (all: Map<string, Record<string, number>>): boolean =>
  all.get('engine one')?.['engine_up'] === 0;

beforeEach(async () => {
  double = await Double.start(serverWith([{ name: 'q', vhost: '/', messages_ready: 1 }]));
});
afterEach(() => double.stop());

describe('an engine beside the own one', { timeout: 30_000 }, () => {
  it('tells of itself, virtual hosts, nodes, connections and consumers', async () => {
    const all = await until(observedEngine('one', double.url, new FakeClock(), undefined, bounds), isUp);
    expect(all.get('engine one')).toEqual({
      ...{ engine_up: 1, connections: 2, messages_unroutable_total: 7 },
      ...{ connections_opened_total: 9, connections_closed_total: 7 },
      ...{ channels_opened_total: 6, channels_closed_total: 5 },
    });
    expect(all.get('vhost one /')).toEqual({
      ...{ queues: 1, messages_unroutable_dropped_total: 1, messages_unroutable_returned_total: 2 },
      vhost_messages_ready: 1,
    });
    expect(all.get('alarm one disk')).toEqual({ alarm: 1 });
    expect(all.get('alarm one memory')).toEqual({ alarm: 0 });
    expect(all.get('node one n1')).toMatchObject({ disk_free_bytes: 7, disk_free_limit_bytes: 3 });
    expect(all.get('connection one c')).toMatchObject({
      ...{ connection_received_bytes_total: 1, connection_blocked: 1, connection_channels: 1 },
    });
    expect(all.get('consumer one / q c (1) t')).toEqual({
      ...{ consumer_prefetch_limit: 5, consumer_unacknowledged_messages: 4 },
      consumer_messages_acknowledged_total: 2,
    });
  });

  it('keeps unknown what is not said: of RabbitMQ what expired, of consumers that share a channel what they hold', async () => {
    double.answers['/channels'] = () => ({ items: [{ name: 'c (1)', consumer_count: 2 }], page_count: 1 });
    double.answers['/overview'] = () => ({});
    const all = await until(observedEngine('one', double.url, new FakeClock(), undefined, bounds), isUp);
    expect(all.get('queue one / q')).toEqual({ messages_ready: 1 });
    expect(all.get('consumer one / q c (1) t')).toEqual({ consumer_prefetch_limit: 5 });
    expect(all.get('engine one')).toEqual({ engine_up: 1 });
  });

  it('is read by what a Sluice server tells more than RabbitMQ', async () => {
    const item = {
      ...{ name: 'q', vhost: '/', state: 'paused', messages_ready: 5, messages_gated: 2, messages_held: 1 },
      ...{ messages_delayed: 3, messages_expired: 4, messages_dead_lettered: 6, messages_dropped: 7 },
    };
    double.answers = serverWith([item]);
    const all = await until(observedEngine('one', double.url, new FakeClock(), undefined, bounds), isUp);
    expect(all.get('queue one / q')).toEqual({
      ...{ messages_ready: 3, messages_gated: 2, messages_held: 1, messages_delayed: 3, paused: 1 },
      ...{ messages_expired_total: 4, messages_dead_lettered_total: 6, messages_dropped_total: 7 },
    });
  });

  it('is read a page at a time, each queue once though it moves to another page meanwhile', async () => {
    const queues = Array.from({ length: 10_000 }, (_, index) => ({ name: `q${index}`, vhost: '/' }));
    queues[500] = queues[499]!;
    double.answers = serverWith(queues);
    const state = await new ManagementClient(double.url, bounds).read();
    expect(state.queues).toHaveLength(9_999);
    expect(state.hasMoreQueues).toBe(false);
    expect(double.asked.filter((path) => path === '/queues')).toHaveLength(20);
  });

  it('whose pages never end is read as far as the bound, and the count of its queues is unknown', async () => {
    double.answers['/queues'] = (_path, query) => ({
      items: [{ name: `q${query.get('page') ?? ''}`, vhost: '/' }],
      page_count: 1_000_000,
    });
    const all = await until(observedEngine('one', double.url, new FakeClock(), undefined, bounds), isUp);
    expect(double.asked.filter((path) => path === '/queues')).toHaveLength(100);
    expect(all.get('vhost one /')).not.toHaveProperty('queues');
  });

  it.each(['/connections', '/consumers', '/vhosts', '/channels'])(
    'is known without %s, if that is broken',
    async (path) => {
      double.answers[path] = () => '{"items": [';
      const all = await until(observedEngine('one', double.url, new FakeClock(), undefined, bounds), isUp);
      expect(all.get('queue one / q')).toEqual({ messages_ready: 1 });
    },
  );

  it.each([
    ['no JSON', () => 'no JSON'],
    ['an answer that is too long', () => `"${'x'.repeat(bounds.answerBytesMax)}"`],
    ['nothing', () => undefined],
    ['nothing, ever', () => 'hang'],
  ])('is down when it answers %s, and its queues unknown, until it is well', async (what, answer) => {
    const well = double.answers;
    double.answers = { ...well, '/queues': answer };
    const clock = new FakeClock();
    const sources = observedEngine('one', double.url, clock, undefined, {
      ...bounds,
      ...(what === 'nothing, ever' ? { answerMs: 2_000 } : {}),
    });
    const broken = await until(sources, isDown);
    expect([...broken.keys()]).toEqual(['engine one']);
    expect(broken.get('engine one')).toEqual({ engine_up: 0 });
    double.answers = well;
    clock.advance(5_000);
    expect((await until(sources, isUp)).get('queue one / q')).toEqual({ messages_ready: 1 });
    // It goes silent: what was read last is known for 15 s, and no longer.
    double.answers = { ...well, '/queues': answer };
    clock.advance(6_000);
    const stale = await until(sources, isDown);
    expect(stale.has('queue one / q')).toBe(true);
    clock.advance(10_000);
    expect(told(sources).has('queue one / q')).toBe(false);
  });

  it('has figures of its own, though another has queues of the same names', async () => {
    const other = await Double.start(serverWith([{ name: 'q', vhost: '/', messages_ready: 9 }]));
    try {
      const clock = new FakeClock();
      const sources = [
        ...observedEngine('one', double.url, clock, undefined, bounds),
        ...observedEngine('two', other.url, clock, undefined, bounds),
      ];
      const all = await until(sources, (seen) => isUp(seen) && seen.get('engine two')?.['engine_up'] === 1);
      expect(all.get('queue one / q')).toEqual({ messages_ready: 1 });
      expect(all.get('queue two / q')).toEqual({ messages_ready: 9 });
      expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
    } finally {
      await other.stop();
    }
  });
});
