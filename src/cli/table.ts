/** Tables for people: aligned columns without frames, one row a line, nothing but spaces between. */
import type { Output } from './shell.js';
import { singleLine } from './text.js';

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | boolean | undefined;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

function cellText(value: string | number | boolean | undefined): string {
  if (value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = singleLine(String(value));
  return text === '' ? '""' : text;
}

const noFrame = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((part) => [part, '']),
);

/** Bold by an escape sequence of our own: the shell decides about colours, not a library's look at the terminal. */
function bold(text: string): string {
  return `\u001b[1m${text}\u001b[22m`;
}

/** The rows as text, a line each, with a line of titles above. */
export async function formatTable<Row>(
  output: Output,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Promise<string> {
  const { default: Table } = await import('cli-table3');
  const table = new Table({
    head: columns.map(({ title }) => (output.hasColour ? bold(title.toUpperCase()) : title.toUpperCase())),
    chars: { ...noFrame, middle: '  ' },
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: {
      'padding-left': 0,
      'padding-right': 0,
      head: [],
      border: [],
      compact: true,
    },
  });
  for (const row of rows) table.push(columns.map(({ of }) => cellText(of(row))));
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
