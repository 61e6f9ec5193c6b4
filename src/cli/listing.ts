/** Prints lists: a table for people, one JSON document for programs. */
import type { Command } from 'commander';
import type { Shell } from './shell.js';
import { formatTable, type Column } from './table.js';

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
