/**
 * Tables as CSV (RFC 4180). Invariant: a text that a spreadsheet would take for a formula is preceded by an apostrophe;
 * numbers are not.
 */
import type { Report } from './types.js';

export type CsvValue = string | number | undefined;

/** The characters by which spreadsheets know a formula (OWASP, CSV injection). */
const formulaStart = /^\s*[=+\-@\t\r\n＝＋－＠]/;

function cell(value: CsvValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const guarded = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** Rows with a line of titles; lines end with CR LF. */
export function csvOf(titles: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [titles, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

const ownerTitles = [
  ...['owner', 'queues', 'published', 'acknowledged', 'bytes_mean', 'bytes_peak', 'connections'],
  ...['days_to_limit', 'limit', 'cost', 'currency', 'known_share'],
];

/** The owners of a report; an empty cell is unknown, or does not apply. */
export function reportCsv({ owners, currency }: Report): string {
  return csvOf(
    ownerTitles,
    owners.map(({ owner, queues, published, acknowledged, bytesMean, bytesPeak, ...rest }) => [
      ...[owner, queues, published, acknowledged, bytesMean, bytesPeak, rest.connections],
      ...[rest.daysToLimit, rest.limit, rest.cost],
      ...[rest.cost === undefined ? undefined : currency, rest.knownShare],
    ]),
  );
}
