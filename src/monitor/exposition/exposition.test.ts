import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { catalogue, queueKind } from '../catalogue.js';
import { LatencyHistogram } from '../../kernel/index.js';
import { seriesOf } from '../metric.js';
import { SampleFrame, type Sample, type SampleSource } from '../sample.js';
import { measuredWorld } from '../testing/measured-world.js';
import { exposition, type ExpositionOptions } from './exposition.js';
import { labelPairs, metricFormat } from './metric-text.js';

interface Queue {
  readonly name: string;
  readonly waits: LatencyHistogram | undefined;
}

function source(queues: readonly Queue[]): SampleSource {
  const frame = new SampleFrame(queueKind);
  const column = frame.column('sluice_message_wait_seconds_count');
  // One list for all, as the source of queues has it.
  const histograms: (LatencyHistogram | undefined)[] = [undefined, undefined];
  return {
    name: 'queues',
    *observe(): Generator<Sample> {
      for (const { name, waits } of queues) {
        frame.clear();
        frame.figures[column] = waits?.count ?? NaN;
        frame.figures[column + 1] = (waits?.sumMicroseconds ?? NaN) / 1e6;
        const labels = ['embedded', '/', name];
        histograms[0] = waits;
        yield { kind: 'queue', labels, figures: frame.figures, histograms };
      }
    },
  };
}

function histogram(...milliseconds: number[]): LatencyHistogram {
  const made = new LatencyHistogram();
  for (const value of milliseconds) made.record(value * 1_000);
  return made;
}

async function textOf(
  sources: readonly SampleSource[],
  perObject: readonly string[] = [],
  { format = 'text', buckets = false }: Partial<ExpositionOptions> = {},
): Promise<string> {
  const { monitor, tick } = await measuredWorld(sources);
  await tick();
  let text = '';
  for await (const piece of exposition(monitor, { format, buckets, perObject: new Set(perObject) }))
    text += piece;
  await monitor.stop();
  return text;
}

/** Buckets of the histogram of waits, by bound. */
function buckets(text: string, labels: string): Record<string, number> {
  const pattern = /^sluice_message_wait_seconds_bucket\{(.*),le="(.*)"\} (\d+)$/gm;
  const own = [...text.matchAll(pattern)].filter(([, found]) => found === labels);
  return Object.fromEntries(own.map(([, , bound, count]) => [bound!, Number(count)]));
}

describe('exposition', () => {
  it('adds up histograms, with counts that grow from bound to bound', async () => {
    const queues = [
      { name: 'a', waits: histogram(0.2, 3, 3, 40) },
      { name: 'b', waits: histogram(3, 7_200_000) },
      { name: 'c', waits: undefined },
    ];
    const text = await textOf([source(queues)]);
    const found = buckets(text, 'engine="embedded",vhost="/"');
    expect(found).toMatchObject({ '0.0005': 1, '0.001': 1, '0.005': 4, '0.05': 5, '3600.0': 5, '+Inf': 6 });
    const counts = Object.values(found);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(text).toContain('sluice_message_wait_seconds_count{engine="embedded",vhost="/"} 6\n');
    expect(text).toContain('# TYPE sluice_message_wait_seconds histogram\n');
    expect(text).not.toContain('sluice_message_processing_seconds');
  });

  it('shows histograms of each object in few buckets, and none where nothing was recorded', async () => {
    const queues = [
      { name: 'a', waits: histogram(3) },
      { name: 'idle', waits: histogram() },
    ];
    const text = await textOf([source(queues)], ['queue'], { buckets: true });
    const found = buckets(text, 'engine="embedded",vhost="/",queue="a"');
    expect(found).toEqual({
      '0.001': 0,
      '0.01': 1,
      '0.1': 1,
      '1.0': 1,
      '10.0': 1,
      '60.0': 1,
      '600.0': 1,
      '+Inf': 1,
    });
    expect(text).not.toContain('idle');
  });

  it('shows sum and count of each object where buckets are not asked for', async () => {
    const text = await textOf([source([{ name: 'a', waits: histogram(3) }])], ['queue']);
    expect(buckets(text, 'engine="embedded",vhost="/",queue="a"')).toEqual({ '+Inf': 1 });
  });

  it('shows every metric of the catalogue, clean to promtool', async () => {
    const everything: SampleSource = {
      name: 'everything',
      *observe(): Generator<Sample> {
        for (const kind of catalogue) {
          const figures = new Float64Array(seriesOf(kind).length).fill(1);
          yield { kind: kind.name, labels: kind.labels.map(() => 'x'), figures };
        }
      },
    };
    const text = await textOf([everything], ['queue', 'consumer', 'connection']);
    for (const { name } of catalogue.flatMap(({ metrics }) => metrics))
      expect(text).toContain(`# TYPE ${name} `);
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text });
    if (promtool.error === undefined)
      expect({ code: promtool.status, said: String(promtool.stderr) }).toEqual({ code: 0, said: '' });
  });

  it('ends OpenMetrics as it must, and escapes labels', async () => {
    expect(await textOf([], [], { format: 'openmetrics' })).toMatch(/# EOF\n$/);
    expect(labelPairs(['a', 'b'], ['x"\\\n', ''])).toBe('a="x\\"\\\\\\n",b=""');
    expect(labelPairs([], [])).toBe('');
    expect(metricFormat('application/openmetrics-text;q=0, text/plain')).toBe('text');
    expect(metricFormat(undefined)).toBe('text');
  });
});
