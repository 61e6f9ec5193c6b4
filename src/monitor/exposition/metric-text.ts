/**
 * Metrics as text: Prometheus's exposition format 0.0.4, or OpenMetrics 1.0.
 *
 *   # HELP sluice_messages_published_total Messages that came to the queue.
 *   # TYPE sluice_messages_published_total counter        (OpenMetrics: without `_total`)
 *   sluice_messages_published_total{engine="embedded",vhost="/"} 7
 */
import type { Metric } from '../metric.js';

/** Which of the two formats. */
export type MetricFormat = 'text' | 'openmetrics';

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

const needsEscape = /[\\"\n]/;

/** A label's value between quotes. */
export function labelValue(text: string): string {
  if (!needsEscape.test(text)) return `"${text}"`;
  const escaped = text.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
  return `"${escaped}"`;
}

/** Names and values as they stand between braces: `engine="embedded",vhost="/"`. There are as many values as names. */
export function labelPairs(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let index = 0; index < values.length; index++)
    text += `${index === 0 ? '' : ','}${names[index]!}=${labelValue(values[index]!)}`;
  return text;
}

/** The two lines above a metric's samples. */
export function metricHead({ name, kind, help }: Metric, format: MetricFormat): string {
  const family = format === 'openmetrics' && kind === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help.replace(/[\\\n]/g, ' ')}\n# TYPE ${family} ${kind}\n`;
}
