import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.js';
import { seriesOf } from './metric.js';
import { metricTables } from './testing/metric-tables.js';

const every = catalogue.flatMap((kind) => kind.metrics.map((metric) => ({ kind, metric })));

describe('the catalogue', () => {
  it('stands in docs/metrics.md as it is', () => {
    const text = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
    expect(text.split('<!-- the catalogue -->\n')[1]).toBe(`\n${metricTables()}`);
  });

  it('uses no name twice', () => {
    const names = catalogue.flatMap((kind) => seriesOf(kind).map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  });

  it.each(catalogue.map((kind) => [kind.name, kind] as const))('uses no number of %s twice', (_, kind) => {
    const ids = kind.metrics.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const series = seriesOf(kind).map(({ id }) => id);
    expect(new Set(series).size).toBe(series.length);
  });

  it.each(every.map(({ metric }) => [metric.name, metric] as const))(
    'names %s as Prometheus wants it',
    (_, metric) => {
      const { name, help, kind, unit } = metric;
      expect(name).toMatch(/^sluice_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (unit === 'seconds' && kind !== 'counter') expect(name).toMatch(/_seconds$/);
      if (unit === 'bytes') expect(name).toMatch(/bytes/);
      if (kind === 'histogram') expect(unit).toBe('seconds');
      expect(help).toMatch(/^[A-Z0-9].*\.$/);
    },
  );
});
