/** `sluice audit …`. */
import type { Command } from 'commander';
import { systemClock } from '../../kernel/index.js';
import type { OperationInput, OperationResult } from '../../operations/index.js';
import { auditTail, type AuditRow } from '../audit-tail.js';
import { exitCodes } from '../exit-codes.js';
import { printOutcome, printRows } from '../listing.js';
import { duration, wholeNumber } from '../option-values.js';
import { dataDirectoryOf, withServer, type ServerCalls } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

type AuditLine = OperationResult<'audit.list'>['items'][number];

/** What the server gives at once. */
const pageMax = 1_000;

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

interface ListOptions {
  readonly count: number;
  readonly user?: string;
  readonly event?: string;
  readonly outcome?: string;
  readonly contains?: string;
  readonly since?: number;
  readonly until?: number;
}

function queryOf(options: ListOptions): Omit<OperationInput<'audit.list'>, 'limit'> {
  const { user, event, outcome, contains, since, until } = options;
  const nowMs = systemClock().now();
  return {
    ...{ user, contains },
    // The server checks them; it knows which there are.
    event: event as OperationInput<'audit.list'>['event'],
    outcome: outcome as OperationInput<'audit.list'>['outcome'],
    fromMs: since === undefined ? undefined : nowMs - since,
    toMs: until === undefined ? undefined : nowMs - until,
  };
}

/** Asks for page after page: one looks through a part of a long log only. */
async function listed(server: ServerCalls, options: ListOptions): Promise<AuditLine[]> {
  const query = queryOf(options);
  const lines: AuditLine[] = [];
  let after: string | undefined;
  do {
    const limit = Math.min(pageMax, options.count - lines.length);
    const page = await server.call('audit.list', { ...query, limit, after });
    lines.push(...page.items);
    after = page.next;
  } while (after !== undefined && lines.length < options.count);
  return lines.reverse();
}

function defineList(command: Command, shell: Shell): void {
  command
    .option('-n, --count <n>', 'how many records to show', wholeNumber(1, 100_000), 100)
    .option('-u, --user <name>', 'what this user did')
    .option('--event <name>', 'only this event, such as permissions-set')
    .option('--outcome <word>', 'success, failure or refused')
    .option('--contains <text>', 'only records with this text in their subject, source or reason')
    .option('--since <time>', 'not older than this, such as 24h', duration)
    .option('--until <time>', 'not younger than this', duration)
    .action(async (options: ListOptions) => {
      const lines = await withServer(command, shell, (server) => listed(server, options));
      const rows = lines.map(({ atMs, ...line }) => ({ at: new Date(atMs).toISOString(), ...line }));
      await printRows(command, shell, columns, rows, 'No record is like this.');
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
  defineList(command.command('list').description('find records, by who, what and when'), shell);
  defineVerify(command.command('verify').description('check that nothing was changed or removed'), shell);
}
