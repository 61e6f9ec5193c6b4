/** Prints lists: a table for people, one JSON document for programs. */
import type { Command } from 'commander';
import type { Shell } from './shell.js';
import { formatTable, type Column } from './table.js';
import { singleLine } from './text.js';

/** Prints `rows`; `none` is what people read when there are none. */
export async function printRows<Row>(
  command: Command,
  shell: Shell,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  none: string,
): Promise<void> {
  if (shell.isJson(command)) await shell.sayJson(rows);
  else if (rows.length === 0) await shell.say(none);
  else await shell.out.write(await formatTable(shell.out, columns, rows));
}

/** Prints `line` for people, or `value` for programs. */
export async function printOutcome(
  command: Command,
  shell: Shell,
  line: string,
  value: unknown,
): Promise<void> {
  if (shell.isJson(command)) await shell.sayJson(value);
  else await shell.say(line);
}

/** Prints a line for each field that is known, or the whole for programs. */
export async function printFields(command: Command, shell: Shell, row: object): Promise<void> {
  if (shell.isJson(command)) {
    await shell.sayJson(row);
    return;
  }
  for (const [name, value] of Object.entries(row) as [string, unknown][]) {
    if (value === undefined) continue;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    await shell.say(singleLine(`${name.padEnd(16)} ${text}`));
  }
}
