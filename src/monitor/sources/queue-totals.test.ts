import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyTrio } from '../../kernel/index.js';
import { catalogue } from '../catalogue.js';
import { seriesOf } from '../metric.js';
import { measuredWorld, queue } from '../testing/measured-world.js';
import { EngineSource } from './engine-source.js';
import { QueueSource, type GoneFigures, type QueueFigures, type VhostFigures } from './queue-source.js';

const nothingGone: GoneFigures = {
  published: 0,
  delivered: 0,
  acknowledged: 0,
  redelivered: 0,
  expired: 0,
  deadLettered: 0,
  dropped: 0,
};

const column = (kind: string, name: string): number =>
  seriesOf(catalogue.find((each) => each.name === kind)!).findIndex((each) => each.name === name);

/** A source and an engine of queues that the test changes; what a reading makes of them. */
function world(options: Partial<ConstructorParameters<typeof QueueSource>[0]> = {}) {
  const queues: QueueFigures[] = [];
  const source = new QueueSource({ engine: 'e', each: () => queues, ...options });
  const engine = new EngineSource('e', () => ({ totals: source.totals }));
  const read = (): ((kind: 'vhost' | 'engine', figure: string, vhost?: string) => number | undefined) => {
    const seen = new Map<string, Float64Array>();
    for (const { kind, labels, figures } of [...copies(source), ...copies(engine)])
      seen.set([kind, ...labels].join('\n'), figures);
    return (kind, figure, vhost = '/') => {
      const labels = kind === 'vhost' ? [kind, 'e', vhost] : [kind, 'e'];
      return seen.get(labels.join('\n'))?.[column(kind, `sluice_${kind}_${figure}`)];
    };
  };
  return { queues, read };
}

function copies(source: QueueSource | EngineSource) {
  const kept = [];
  for (const { kind, labels, figures } of source.observe())
    kept.push({ kind, labels: [...labels], figures: Float64Array.from(figures) });
  return kept;
}

describe('the sums of queues', () => {
  it('are those of each virtual host, and of the engine', () => {
    const { queues, read } = world();
    queues.push(queue('a', { ready: 2, published: 5 }), queue('b', { ready: 3, published: 7 }));
    queues.push(queue('a', { vhost: 'other', ready: 10, published: 1 }));
    const figure = read();
    expect(figure('vhost', 'messages_ready')).toBe(5);
    expect(figure('vhost', 'messages_ready', 'other')).toBe(10);
    expect(figure('vhost', 'messages_published_total')).toBe(12);
    expect(figure('engine', 'messages_ready')).toBe(15);
    expect(figure('engine', 'messages_published_total')).toBe(13);
    expect(figure('engine', 'queues')).toBe(3);
  });

  it('know what some queue knows, and nothing that none does', () => {
    const { queues, read } = world();
    queues.push(queue('a', { ready: 2 }), queue('b', { delayed: 1 }));
    const figure = read();
    expect(figure('vhost', 'messages_ready')).toBe(2);
    expect(figure('vhost', 'messages_bytes')).toBeNaN();
    expect(figure('engine', 'messages_expired_total')).toBeNaN();
    expect(figure('engine', 'message_wait_seconds_count')).toBeNaN();
  });

  it('know nothing while not every queue is told, or the engine fails', () => {
    let state: 'whole' | 'part' | 'down' = 'whole';
    const one = queue('a', { ready: 2 });
    const { read } = world({
      isWhole: () => state === 'whole',
      *each() {
        yield one;
        if (state === 'down') throw new RangeError('down');
      },
    });
    expect(read()('engine', 'messages_ready')).toBe(2);
    state = 'part';
    expect(read()('vhost', 'messages_ready')).toBeNaN();
    expect(read()('engine', 'messages_ready')).toBeNaN();
    expect(read()('engine', 'queues')).toBeNaN();
    state = 'down';
    expect(read).toThrow('down');
    state = 'whole';
    expect(read()('engine', 'messages_ready')).toBe(2);
  });

  it('are zero of a virtual host without queues', () => {
    const { read } = world({ vhosts: () => hosts(nothingGone) });
    const figure = read();
    expect(figure('vhost', 'messages_ready')).toBe(0);
    expect(figure('vhost', 'messages_published_total')).toBe(0);
  });

  it('keep what queues counted that are gone, as the broker tells it', () => {
    let gone = nothingGone;
    const { queues, read } = world({ vhosts: () => hosts(gone) });
    queues.push(queue('a', { published: 5 }), queue('b', { published: 7 }));
    expect(read()('vhost', 'messages_published_total')).toBe(12);
    queues.pop();
    // It went while the queues were read: not among them, and not yet told of.
    expect(read()('vhost', 'messages_published_total')).toBe(12);
    gone = { ...nothingGone, published: 7 };
    expect(read()('vhost', 'messages_published_total')).toBe(12);
    queues[0] = queue('a', { published: 6 });
    expect(read()('engine', 'messages_published_total')).toBe(13);
  });

  it('never fall where the engine forgets what is gone, and count what begins anew', () => {
    const step = fc.record({
      queue: fc.nat(3),
      growth: fc.nat(20),
      act: fc.constantFrom('grow', 'go', 'anew'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { queues, read } = world();
        const counts = new Map<string, number>();
        let total = 0;
        let isKnown = false;
        for (const { queue: number, growth, act } of steps) {
          const name = String(number);
          if (act === 'go') counts.delete(name);
          else {
            const before = counts.get(name) ?? 0;
            const now = act === 'anew' ? growth : before + growth;
            // A counter that begins anew and is at once where it was cannot be told from one that went on.
            total += now >= before ? now - before : now;
            counts.set(name, now);
          }
          isKnown ||= counts.size > 0;
          queues.splice(0, Infinity, ...[...counts].map(([each, published]) => queue(each, { published })));
          const shown = read()('engine', 'messages_published_total');
          if (isKnown) expect(shown).toBe(total);
          else expect(shown).toBeNaN();
        }
      }),
    );
  });

  it('have the quantiles of all messages together', () => {
    const trio = new LatencyTrio(0);
    for (let value = 1; value <= 100; value++) trio.wait.record(value);
    trio.read(1_000);
    const { read } = world({ vhosts: () => hosts(nothingGone, trio), latencies: () => trio });
    for (const kind of ['vhost', 'engine'] as const) {
      const figure = read();
      expect(figure(kind, 'message_wait_seconds_p99')).toBeCloseTo(0.099, 2);
      expect(figure(kind, 'message_wait_seconds_count')).toBe(100);
      expect(figure(kind, 'message_processing_seconds_p99')).toBeNaN();
    }
  });

  it('stand in history', async () => {
    const queues = [queue('a', { ready: 2 }), queue('b', { ready: 3 })];
    const source = new QueueSource({ engine: 'e', each: () => queues });
    const { monitor, tick } = await measuredWorld([source]);
    await tick();
    const ready = seriesOf(catalogue.find(({ name }) => name === 'vhost')!).find(
      ({ name }) => name === 'sluice_vhost_messages_ready',
    )!;
    const second = monitor.second!;
    const [stretch] = await monitor.select({
      ...{ kind: 'vhost', labels: ['e', '/'], series: ready.id },
      ...{ fromSecond: second, toSecond: second + 1, stepSeconds: 1 },
    });
    expect(stretch?.points.sum[0]).toBe(5);
    await monitor.stop();
  });
});

function hosts(gone: GoneFigures, latencies?: LatencyTrio): ReadonlyMap<string, VhostFigures> {
  return new Map([
    ['/', { gone, goneLatencies: undefined, returned: 0, lost: 0, latencies: () => latencies }],
  ]);
}
