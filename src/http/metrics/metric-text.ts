/**
 * Metrics as text: Prometheus's exposition format 0.0.4, or OpenMetrics 1.0. Invariant: all samples of a family stand
 * together, below its HELP and TYPE, and a family without samples is left out: what is unknown is absent, never zero.
 *
 *   # HELP sluice_messages_published_total Messages that came into queues.
 *   # TYPE sluice_messages_published_total counter        (OpenMetrics: without `_total`)
 *   sluice_messages_published_total{vhost="/"} 7
 */

/** Which of the two formats. */
export type MetricFormat = 'text' | 'openmetrics';

export type MetricKind = 'counter' | 'gauge' | 'summary';

/** A metric with all its samples. */
export interface MetricFamily {
  /** Without `_total`; units last, in base units. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
}

/** The content type of each format. */
export const metricContentTypes: Readonly<Record<MetricFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The format that a scraper asks for. */
export function metricFormat(accept: string | undefined): MetricFormat {
  return /application\/openmetrics-text(?![^,]*;\s*q=0(\.0*)?\s*(,|$))/.test(accept ?? '')
    ? 'openmetrics'
    : 'text';
}

/** A label's value between quotes. */
export function labelValue(text: string): string {
  const escaped = text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
  return `"${escaped}"`;
}

/** Labels as they stand after a name: `{vhost="/"}`; nothing where there are none. */
export function labelSet(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${labelValue(value)}`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** The name of a family's samples. */
export function sampleName({ name, kind }: MetricFamily): string {
  return kind === 'counter' ? `${name}_total` : name;
}

/** The two lines above a family's samples. */
export function familyHead(family: MetricFamily, format: MetricFormat): string {
  const name = format === 'openmetrics' ? family.name : sampleName(family);
  const help = family.help.replace(/[\\\n]/g, ' ');
  return `# HELP ${name} ${help}\n# TYPE ${name} ${family.kind}\n`;
}

/** A family with few samples, whole. */
export function familyText(
  family: MetricFamily,
  samples: Iterable<readonly [labels: Readonly<Record<string, string>>, value: number | undefined]>,
  format: MetricFormat,
): string {
  let lines = '';
  for (const [labels, value] of samples) {
    if (value !== undefined && Number.isFinite(value))
      lines += `${sampleName(family)}${labelSet(labels)} ${value}\n`;
  }
  return lines === '' ? '' : familyHead(family, format) + lines;
}

/** A distribution as a summary: quantiles since the start, sum and count. */
export function summaryText(
  family: MetricFamily & { readonly kind: 'summary' },
  { quantiles, sum, count }: Summary,
  format: MetricFormat,
): string {
  const lines = quantiles.map(([quantile, value]) => `${family.name}{quantile="${quantile}"} ${value}\n`);
  return `${familyHead(family, format)}${lines.join('')}${family.name}_sum ${sum}\n${family.name}_count ${count}\n`;
}

export interface Summary {
  readonly quantiles: readonly (readonly [quantile: number, value: number])[];
  readonly sum: number;
  readonly count: number;
}
