import { expect, it } from 'vitest';
import { catalogue } from '../../../../src/monitor/index.js';
import { questions, scrapedNames, seriesOf } from './promql.ts';

it('asks a counter for its rate, a gauge for its value and a histogram for a quantile', () => {
  expect(questions('sluice_a_total', 'counter')).toEqual([['asRate', 'rate(sluice_a_total[1m])']]);
  expect(questions('sluice_b', 'gauge')).toEqual([['asNow', 'sluice_b']]);
  expect(questions('sluice_c_seconds', 'histogram')[0]![1]).toBe(
    'histogram_quantile(0.99, sum by (le) (rate(sluice_c_seconds_bucket[5m])))',
  );
  expect(scrapedNames('sluice_c_seconds', 'histogram')).toContain('sluice_c_seconds_sum');
  expect(seriesOf('sluice_c_seconds', 'histogram')).toContain('c_seconds_p99');
});

it('knows every kind of the catalogue', () => {
  for (const { metrics } of catalogue)
    for (const { name, kind } of metrics) expect(questions(name, kind).length, name).toBeGreaterThan(0);
});
