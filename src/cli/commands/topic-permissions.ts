/** `sluice topic-permissions …`: regular expressions over the routing keys of a topic exchange. */
import type { Command } from 'commander';
import type { OperationResult } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

type TopicPermissionRow = OperationResult<'topic-permissions.list'>['permissions'][number];

const columns: readonly Column<TopicPermissionRow>[] = [
  { title: 'user', of: (permission) => permission.user },
  { title: 'vhost', of: (permission) => permission.vhost },
  { title: 'exchange', of: (permission) => permission.exchange },
  { title: 'write', of: (permission) => permission.write },
  { title: 'read', of: (permission) => permission.read },
];

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command)
    .option('-u, --user <name>', 'only this user')
    .action(async (filter: { user?: string; vhost?: string }) => {
      const { permissions } = await withServer(command, shell, (server) =>
        server.call('topic-permissions.list', { user: filter.user, vhost: filter.vhost }),
      );
      await printRows(command, shell, columns, permissions, 'There are no topic permissions.');
    });
}

interface SetOptions {
  vhost: string;
  write: string;
  read: string;
}

function defineSet(command: Command, shell: Shell): void {
  withVhost(command.argument('<user>').argument('<exchange>'))
    .option('--write <pattern>', 'routing keys it may publish with', '.*')
    .option('--read <pattern>', 'routing keys it may bind with', '.*')
    .action(async (user: string, exchange: string, { vhost, write, read }: SetOptions) => {
      const input = { user, vhost, exchange, write, read };
      await withServer(command, shell, (server) => server.call('topic-permissions.set', input));
      await printOutcome(command, shell, `Set the topic permissions of ${user} on ${exchange}.`, input);
    });
}

function defineClear(command: Command, shell: Shell): void {
  withVhost(command.argument('<user>').argument('[exchange]', 'left out, every exchange')).action(
    async (user: string, exchange: string | undefined, { vhost }: { vhost: string }) => {
      await withServer(command, shell, (server) =>
        server.call('topic-permissions.clear', { user, vhost, exchange }),
      );
      await printOutcome(command, shell, `Cleared topic permissions of ${user}.`, { user, vhost });
    },
  );
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list topic permissions'), shell);
  defineSet(command.command('set').description('limit the routing keys of a user'), shell);
  defineClear(command.command('clear').description('take the limits away'), shell);
}
