/** `sluice vhost …`. */
import type { Command } from 'commander';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

function defineList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { vhosts } = await withServer(command, shell, (server) => server.call('vhost.list', {}));
    const rows = vhosts.map((name) => ({ name }));
    await printRows(command, shell, [{ title: 'name', of: ({ name }) => name }], rows, 'None.');
  });
}

function defineAdd(command: Command, shell: Shell): void {
  command.argument('<vhost>').action(async (vhost: string) => {
    const outcome = await withServer(command, shell, (server) => server.call('vhost.add', { vhost }));
    const line = outcome.created
      ? `Added ${vhost}. Let a user in with: sluice permissions set USER --vhost ${vhost}`
      : `${vhost} was there already.`;
    await printOutcome(command, shell, line, { vhost, ...outcome });
  });
}

function defineDelete(command: Command, shell: Shell): void {
  command.argument('<vhost>').action(async (vhost: string) => {
    await withServer(command, shell, (server) => server.call('vhost.delete', { vhost }));
    await printOutcome(command, shell, `Deleted ${vhost} and everything in it.`, { vhost });
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list virtual hosts'), shell);
  defineAdd(command.command('add').description('add a virtual host'), shell);
  defineDelete(command.command('delete').description('delete a virtual host and everything in it'), shell);
}
