/** `sluice audit …`. */
import type { Command } from 'commander';
import { auditTail, type AuditRow } from '../audit-tail.js';
import { exitCodes } from '../exit-codes.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
import { dataDirectoryOf, withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

const columns: readonly Column<AuditRow>[] = [
  { title: 'at', of: (row) => row.at },
  { title: 'actor', of: (row) => row.actor },
  { title: 'from', of: (row) => row.source },
  { title: 'event', of: (row) => row.event },
  { title: 'subject', of: (row) => row.subject },
  {
    title: 'outcome',
    of: ({ outcome, reason }) => (reason === undefined ? outcome : `${outcome}: ${reason}`),
  },
  { title: 'times', of: ({ count }) => count ?? 1, align: 'right' },
];

function defineTail(command: Command, shell: Shell): void {
  command
    .option('-n, --count <n>', 'how many records to show', wholeNumber(1, 10_000), 20)
    .action(async ({ count }: { count: number }) => {
      const rows = await auditTail(await dataDirectoryOf(command, shell), count);
      await printRows(command, shell, columns, rows, 'The audit log is empty.');
    });
}

function defineVerify(command: Command, shell: Shell): void {
  command.action(async () => {
    const verdict = await withServer(command, shell, (server) => server.call('audit.verify', {}));
    const line = verdict.ok
      ? `The audit log is whole: ${verdict.records} records, last hash ${verdict.headHash}.`
      : `The audit log is broken at ${verdict.file} line ${verdict.line}: ${verdict.reason}`;
    await printOutcome(command, shell, line, verdict);
    if (!verdict.ok) shell.exitCode = exitCodes.data;
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineTail(command.command('tail').description('show the last records'), shell);
  defineVerify(command.command('verify').description('check that nothing was changed or removed'), shell);
}
