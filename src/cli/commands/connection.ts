/** `sluice connection …`. */
import type { Command } from 'commander';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { ConnectionRow } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

const nowMs = systemClock().now();

const columns: readonly Column<ConnectionRow>[] = [
  { title: 'id', of: (connection) => connection.id },
  { title: 'user', of: (connection) => connection.user },
  { title: 'vhost', of: (connection) => connection.vhost },
  { title: 'protocol', of: ({ protocol, encrypted }) => (encrypted ? `${protocol} (TLS)` : protocol) },
  { title: 'state', of: (connection) => connection.state },
  { title: 'channels', of: (connection) => connection.channels, align: 'right' },
  { title: 'for', of: ({ sinceMs }) => formatDuration(nowMs - sinceMs) },
  { title: 'client', of: (connection) => connection.client },
];

function defineList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { connections } = await withServer(command, shell, (server) => server.call('connection.list', {}));
    await printRows(command, shell, columns, connections, 'No client is connected.');
  });
}

function defineClose(command: Command, shell: Shell): void {
  command
    .argument('<id>', 'its id in the list')
    .option('--reason <text>', 'what the client is told', 'closed by the operator')
    .action(async (id: string, { reason }: { reason: string }) => {
      await withServer(command, shell, (server) => server.call('connection.close', { id, reason }));
      await printOutcome(command, shell, `Closed ${id}.`, { id });
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list client connections'), shell);
  defineClose(command.command('close').description('close a client connection'), shell);
}
