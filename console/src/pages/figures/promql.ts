/** How Prometheus is asked for a metric. Pure. */

/** The names under which a scrape has it. */
export function scrapedNames(name: string, kind: string): readonly string[] {
  return kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
}

/** The questions that tell most of a metric of its kind, each with the word for what it gives. */
export function questions(
  name: string,
  kind: string,
): readonly (readonly [word: 'asNow' | 'asRate' | 'asQuantile' | 'asMean', question: string])[] {
  if (kind === 'counter') return [['asRate', `rate(${name}[1m])`]];
  if (kind === 'gauge') return [['asNow', name]];
  return [
    ['asQuantile', `histogram_quantile(0.99, sum by (le) (rate(${name}_bucket[5m])))`],
    ['asMean', `sum(rate(${name}_sum[5m])) / sum(rate(${name}_count[5m]))`],
  ];
}

/** The series of history that a metric stands as, without `sluice_`. */
export function seriesOf(name: string, kind: string): readonly string[] {
  const short = name.replace(/^sluice_/, '');
  if (kind !== 'histogram') return [short];
  return ['_p50', '_p95', '_p99', '_p999', '_max', '_count', '_sum'].map((end) => short + end);
}
