/** `sluice permissions …`: regular expressions over the names a user may configure, write and read. */
import type { Command } from 'commander';
import type { OperationResult } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';
import { withAnyVhost, withVhost } from '../vhost-option.js';

type PermissionRow = OperationResult<'permissions.list'>['permissions'][number];

const columns: readonly Column<PermissionRow>[] = [
  { title: 'user', of: (permission) => permission.user },
  { title: 'vhost', of: (permission) => permission.vhost },
  { title: 'configure', of: (permission) => permission.configure },
  { title: 'write', of: (permission) => permission.write },
  { title: 'read', of: (permission) => permission.read },
];

function defineList(command: Command, shell: Shell): void {
  withAnyVhost(command)
    .option('-u, --user <name>', 'only this user')
    .action(async (filter: { user?: string; vhost?: string }) => {
      const { permissions } = await withServer(command, shell, (server) =>
        server.call('permissions.list', { user: filter.user, vhost: filter.vhost }),
      );
      await printRows(command, shell, columns, permissions, 'No user may do anything.');
    });
}

interface SetOptions {
  vhost: string;
  configure: string;
  write: string;
  read: string;
}

function defineSet(command: Command, shell: Shell): void {
  withVhost(command.argument('<user>'))
    .option('--configure <pattern>', 'names it may declare and delete', '.*')
    .option('--write <pattern>', 'names it may publish to', '.*')
    .option('--read <pattern>', 'names it may consume from', '.*')
    .action(async (user: string, { vhost, configure, write, read }: SetOptions) => {
      const input = { user, vhost, configure, write, read };
      await withServer(command, shell, (server) => server.call('permissions.set', input));
      await printOutcome(command, shell, `Set the permissions of ${user} in ${vhost}.`, input);
    });
}

function defineClear(command: Command, shell: Shell): void {
  withVhost(command.argument('<user>')).action(async (user: string, { vhost }: { vhost: string }) => {
    await withServer(command, shell, (server) => server.call('permissions.clear', { user, vhost }));
    await printOutcome(command, shell, `${user} may no longer enter ${vhost}.`, { user, vhost });
  });
}

interface CheckOptions {
  vhost: string;
  exchange?: true;
  routingKey?: string;
}

function defineCheck(command: Command, shell: Shell): void {
  withVhost(command.argument('<user>').argument('<name>', 'a queue'))
    .option('--exchange', 'it is an exchange')
    .option('--routing-key <key>', 'and this routing key')
    .action(async (user: string, name: string, { vhost, exchange, routingKey }: CheckOptions) => {
      const kind = exchange === true ? 'exchange' : 'queue';
      const check = await withServer(command, shell, (server) =>
        server.call('permissions.check', { user, vhost, kind, name, routingKey }),
      );
      await printOutcome(command, shell, checkLine(check, `${kind} ${name}`, vhost), check);
    });
}

function checkLine(check: OperationResult<'permissions.check'>, what: string, vhost: string): string {
  const { user, enters, topicWrite, topicRead } = check;
  if (!enters) return `${user} may not enter ${vhost}.`;
  const rights = (['configure', 'write', 'read'] as const).filter((right) => check[right]);
  const held = rights.length === 0 ? 'nothing' : rights.join(', ');
  const keys = { 'publish with the key': topicWrite, 'bind by the key': topicRead };
  const refused = Object.entries(keys).flatMap(([act, may]) => (may === false ? [act] : []));
  return `${user} may do with ${what}: ${held}.${refused.map((act) => ` It may not ${act}.`).join('')}`;
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list permissions'), shell);
  defineSet(command.command('set').description('let a user into a virtual host'), shell);
  defineCheck(command.command('check').description('tell what a user may do with a queue'), shell);
  defineClear(command.command('clear').description('keep a user out of a virtual host'), shell);
}
