import { describe, expect, it } from 'vitest';
import type { Evidence } from './answers.ts';
import { plotsOf, windowAround, windowOf, type CatalogueKind } from './evidence.ts';

const catalogue: readonly CatalogueKind[] = [
  {
    name: 'queue',
    labels: ['engine', 'vhost', 'queue'],
    metrics: [
      { name: 'sluice_messages_ready', unit: 'messages', kind: 'gauge' },
      { name: 'sluice_messages_published_total', unit: 'messages', kind: 'counter' },
      { name: 'sluice_processing_seconds', unit: 'seconds', kind: 'histogram' },
    ],
  },
];

function evidenceOf(...series: readonly string[]): Evidence {
  const subject = {
    kind: 'queue',
    labels: { engine: 'embedded', vhost: '/', queue: 'a', team: 'payments' },
  };
  const readings = series.map((each) => ({ series: each, subject, unit: 'count', atMs: 0 }));
  return { speaks: 'for', text: '', readings };
}

describe('the figures behind evidence', () => {
  it('count measurements without the unit of what is measured', () => {
    const plots = plotsOf(
      [evidenceOf('rate(sluice_processing_seconds_count)', 'rate(sluice_processing_seconds_sum)')],
      catalogue,
    );
    expect(plots).toMatchObject([
      { unit: 'count', isRate: true },
      { unit: 'seconds', isRate: true },
    ]);
  });

  it('are series of history, each once, with the labels of their kind alone', () => {
    const plots = plotsOf(
      [
        evidenceOf('rate(sluice_messages_published_total)', 'sluice_messages_ready'),
        evidenceOf('sluice_messages_ready', 'mean(sluice_processing_seconds)'),
      ],
      catalogue,
    );
    const labels = { engine: 'embedded', vhost: '/', queue: 'a' };
    expect(plots).toEqual([
      ...[{ series: 'sluice_messages_published_total', metric: 'sluice_messages_published_total' }].map(
        (each) => ({ ...each, unit: 'messages', isRate: true, labels }),
      ),
      {
        ...{ series: 'sluice_messages_ready', metric: 'sluice_messages_ready' },
        ...{ unit: 'messages', isRate: false, labels },
      },
      {
        ...{ series: 'sluice_processing_seconds_p99', metric: 'sluice_processing_seconds' },
        ...{ unit: 'seconds', isRate: false, labels },
      },
    ]);
  });

  it('leave out what history cannot be asked for', () => {
    expect(plotsOf([evidenceOf('age', 'sum(sluice_elsewhere)')], catalogue)).toEqual([]);
    expect(plotsOf([evidenceOf('sluice_messages_ready')], [])).toEqual([]);
  });
});

describe('the time around an incident', () => {
  it('begins before its first alert, and goes on until it is over', () => {
    const alerts = [{ sinceMs: 5_000_000 }] as never;
    const open = windowAround({ alerts, openedMs: 5_060_000 }, 6_000_000);
    expect(open).toEqual({ fromSecond: 4_100, toSecond: 6_000, stepSeconds: 10 });
    const over = windowAround({ alerts, openedMs: 5_060_000, resolvedMs: 5_100_000 }, 9_000_000);
    expect(over.toSecond).toBe(5_400);
  });

  it('is never finer than a plot can show', () => {
    for (const seconds of [1, 60, 3_600, 86_400, 30 * 86_400]) {
      const { fromSecond, toSecond, stepSeconds } = windowOf(0, seconds);
      expect((toSecond - fromSecond) / stepSeconds).toBeLessThanOrEqual(240);
      expect(toSecond - fromSecond).toBeGreaterThanOrEqual(60);
    }
  });
});
