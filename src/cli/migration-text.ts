/** A migration in words: its counts, what was left and why, and what the tasks here need to be declared with. */
import type { Command } from 'commander';
import type { JobRetry, Report, ReportRow, ReportTask } from '../migration/index.js';
import { exitCodes } from './exit-codes.js';
import type { Shell } from './shell.js';
import { formatTable, type Column } from './table.js';
import { singleLine } from './text.js';

/** One line on a terminal that says how far it is; elsewhere nothing. */
export class ProgressLine {
  readonly #shell: Shell;
  #isShown = false;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  show(queue: string, state: string, found: number): void {
    if (!this.#shell.err.isTerminal) return;
    this.#isShown = true;
    void this.#shell.err.write(`\r\u001b[K${singleLine(`${queue}: ${state}: ${found}`)}`);
  }

  async end(): Promise<void> {
    if (this.#isShown) await this.#shell.err.write('\r\u001b[K');
  }
}

function columnsOf(isDry: boolean): readonly Column<ReportRow>[] {
  return [
    { title: 'queue', of: ({ queue }) => queue },
    { title: 'state', of: ({ state }) => state },
    { title: 'found', of: ({ found }) => found, align: 'right' },
    { title: isDry ? 'would bring' : 'brought', of: ({ brought }) => brought, align: 'right' },
    { title: 'already there', of: ({ alreadyThere }) => alreadyThere, align: 'right' },
    { title: 'not brought', of: ({ notBrought }) => notBrought, align: 'right' },
  ];
}

/** The option `retry` that a task needs to be tried as often as it was. */
export function retryText({ attempts, backoff, delayMs }: JobRetry): string {
  const parts = [
    `attempts: ${attempts}`,
    ...(backoff === undefined ? [] : [`backoff: '${backoff}'`]),
    ...(delayMs === undefined ? [] : [`delay: ${delayMs}`]),
  ];
  return `retry: { ${parts.join(', ')} }`;
}

function taskLine({ task, queue, isNewQueue, retry }: ReportTask, isDry: boolean): string {
  const declared = retry === undefined ? '' : `, { ${retryText(retry)} }`;
  const made = isNewQueue
    ? ` (${isDry ? 'would make' : 'made'} ${queue}, as a task without options has it)`
    : '';
  return `  app.task('${task}'${declared});${made}`;
}

function* lines(report: Report, isDry: boolean): Generator<string> {
  for (const { queue, state, reason, count } of report.reasons)
    yield `Not brought: ${queue}, ${state}: ${count}: ${reason}.`;
  for (const queue of report.changed)
    yield `Queue ${queue} changed while it was read: run again, and what was missed is brought.`;
  const merged = report.tasks.reduce((sum, { mergedPriorities }) => sum + mergedPriorities, 0);
  if (merged > 0)
    yield `${merged} jobs share a level of priority with others (3 to 9, 10 to 99, 100 and more); what waits keeps its order all the same.`;
  if (report.tasks.length === 0) return;
  yield 'Tasks to declare, each with a handler:';
  for (const task of report.tasks) yield taskLine(task, isDry);
}

/** Prints it; the exit code tells whether something was left. */
export async function printReport(
  command: Command,
  shell: Shell,
  report: Report,
  isDry: boolean,
): Promise<void> {
  const isWhole = report.changed.length === 0 && report.rows.every(({ notBrought }) => notBrought === 0);
  if (!isWhole) shell.exitCode = exitCodes.failure;
  if (shell.isJson(command)) {
    const { rows, reasons, tasks, changed } = report;
    await shell.sayJson({ dryRun: isDry, rows, reasons, tasks, changed });
    return;
  }
  const rows = report.rows.filter(({ found }) => found > 0);
  if (isDry) await shell.say('Nothing was written; a migration would do this:');
  if (rows.length === 0) await shell.say('There is nothing to bring.');
  else await shell.out.write(await formatTable(shell.out, columnsOf(isDry), rows));
  for (const line of lines(report, isDry)) await shell.say(singleLine(line));
}
