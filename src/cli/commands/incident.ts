/** `sluice incident …`. */
import { Option, type Command } from 'commander';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { IncidentRow } from '../../operations/index.js';
import { incidentLines, serverOptions } from '../incident-text.js';
import { printOutcome, printRows } from '../listing.js';
import { duration } from '../option-values.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

const columns: readonly Column<IncidentRow>[] = [
  { title: 'id', of: ({ id }) => id },
  { title: 'state', of: ({ state }) => state },
  { title: 'severity', of: ({ severity }) => severity },
  { title: 'opened', of: ({ openedMs }) => `${formatDuration(systemClock().now() - openedMs)} ago` },
  { title: 'alerts', of: ({ alertsOpen, alertsTotal }) => `${alertsOpen} of ${alertsTotal}` },
  { title: 'title', of: ({ title }) => title },
  { title: 'first cause', of: ({ causes }) => causes[0]?.title },
];

interface Listed {
  readonly all?: boolean;
  readonly severity?: IncidentRow['severity'];
  readonly since?: number;
}

function defineList(command: Command, shell: Shell): void {
  command
    .option('--all', 'those that are resolved, too')
    .addOption(
      new Option('--severity <severity>', 'of this severity').choices(['info', 'warning', 'critical']),
    )
    .option('--since <duration>', 'those that were not over so long ago', duration)
    .action(async ({ all, severity, since }: Listed) => {
      const asked = {
        ...(severity === undefined ? {} : { severity }),
        ...(since === undefined ? {} : { fromMs: systemClock().now() - since }),
      };
      const { incidents } = await withServer(command, shell, (server) => server.call('incident.list', asked));
      const rows = incidents.filter(({ state }) => all === true || state !== 'resolved');
      await printRows(command, shell, columns, rows, 'There are no open incidents.');
    });
}

function defineShow(command: Command, shell: Shell): void {
  command.argument('<id>').action(async (id: string) => {
    const incident = await withServer(command, shell, (server) => server.call('incident.show', { id }));
    const text = incidentLines(incident, systemClock().now(), serverOptions(command)).join('\n');
    await printOutcome(command, shell, text, incident);
  });
}

function defineAcknowledge(command: Command, shell: Shell): void {
  command
    .argument('<id>')
    .argument('[text]', 'what you are about to do')
    .action(async (id: string, text: string | undefined) => {
      const input = text === undefined ? { id } : { id, text };
      const incident = await withServer(command, shell, (server) =>
        server.call('incident.acknowledge', input),
      );
      await printOutcome(command, shell, `Acknowledged ${id}.`, incident);
    });
}

function defineComment(command: Command, shell: Shell): void {
  command
    .argument('<id>')
    .argument('<text>')
    .action(async (id: string, text: string) => {
      const incident = await withServer(command, shell, (server) =>
        server.call('incident.comment', { id, text }),
      );
      await printOutcome(command, shell, `Noted on ${id}.`, incident);
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list open incidents'), shell);
  defineShow(command.command('show').description('show alerts, causes, evidence and timeline'), shell);
  defineAcknowledge(command.command('ack').description('say that you look after it'), shell);
  defineComment(command.command('comment').description('add a line to its timeline'), shell);
}
