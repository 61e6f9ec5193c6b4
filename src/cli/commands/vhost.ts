/** `sluice vhost …`. */
import type { Command } from 'commander';
import type { OperationResult } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { wholeNumber } from '../option-values.js';
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

function detailLine(detail: OperationResult<'vhost.show'>): string {
  const { name, description, queues, queuesMax, messages, connections, connectionsMax, users } = detail;
  const of = (max: number | undefined): string => (max === undefined ? '' : ` of at most ${max}`);
  const named = description === '' ? name : `${name} (${description})`;
  const held = `${queues} queues${of(queuesMax)}, ${messages} messages`;
  return `${named}: ${held}, ${connections} connections${of(connectionsMax)}, ${users} users may enter.`;
}

function defineShow(command: Command, shell: Shell): void {
  command.argument('<vhost>').action(async (vhost: string) => {
    const detail = await withServer(command, shell, (server) => server.call('vhost.show', { vhost }));
    await printOutcome(command, shell, detailLine(detail), detail);
  });
}

/** A limit, or null for none. */
function limit(text: string): number | null {
  return text === 'none' ? null : wholeNumber(0)(text);
}

interface LimitOptions {
  queues?: number | null;
  connections?: number | null;
  description?: string;
}

function defineSet(command: Command, shell: Shell): void {
  command
    .argument('<vhost>')
    .option('--queues <n>', 'how many queues there may be; none: any number', limit)
    .option('--connections <n>', 'how many connections there may be; none: any number', limit)
    .option('--description <text>', 'what it is for')
    .action(async (vhost: string, { queues, connections, description }: LimitOptions) => {
      const input = { vhost, queuesMax: queues, connectionsMax: connections, description };
      const settings = await withServer(command, shell, (server) => server.call('vhost.set', input));
      await printOutcome(command, shell, `Set ${vhost}.`, { vhost, ...settings });
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
  defineShow(command.command('show').description('show its limits, and what is in it'), shell);
  defineSet(command.command('set').description('set its limits and description'), shell);
  defineDelete(command.command('delete').description('delete a virtual host and everything in it'), shell);
}
