/** `sluice user …`. Passwords are typed, piped in or read from a file: an argument would show in process lists. */
import type { Command } from 'commander';
import type { OperationInput, OperationResult } from '../../operations/index.js';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { readPassword } from '../password.js';
import type { Column } from '../table.js';

type UserRow = OperationResult<'user.list'>['users'][number];
/** The server checks them; it knows which there are. */
type Tags = OperationInput<'user.tags'>['tags'];

const columns: readonly Column<UserRow>[] = [
  { title: 'name', of: (user) => user.name },
  { title: 'tags', of: ({ tags }) => (tags.length === 0 ? 'none' : tags.join(' ')) },
  { title: 'password', of: (user) => user.passwordKind },
];

const passwordFile = [
  '--password-file <file>',
  'read the password from this file (-: standard input)',
] as const;

interface PasswordOptions {
  passwordFile?: string;
}

function defineList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { users } = await withServer(command, shell, (server) => server.call('user.list', {}));
    await printRows(command, shell, columns, users, 'There are no users.');
  });
}

function defineAdd(command: Command, shell: Shell): void {
  command
    .argument('<name>')
    .option('-t, --tag <tags...>', 'administrator, monitoring, policymaker or management')
    .option(...passwordFile)
    .action(async (name: string, options: PasswordOptions & { tag?: string[] }) => {
      await withServer(command, shell, async (server) => {
        const password = await readPassword(shell, options.passwordFile);
        await server.call('user.add', { name, password, tags: (options.tag ?? []) as Tags });
      });
      const line = `Added ${name}. Let it into a virtual host with: sluice permissions set ${name}`;
      await printOutcome(command, shell, line, { name });
    });
}

function definePasswd(command: Command, shell: Shell): void {
  command
    .argument('<name>')
    .option(...passwordFile)
    .action(async (name: string, options: PasswordOptions) => {
      await withServer(command, shell, async (server) => {
        const password = await readPassword(shell, options.passwordFile);
        await server.call('user.passwd', { name, password });
      });
      await printOutcome(command, shell, `Changed the password of ${name}.`, { name });
    });
}

function defineTags(command: Command, shell: Shell): void {
  command
    .argument('<name>')
    .argument('[tags...]')
    .action(async (name: string, tags: string[]) => {
      await withServer(command, shell, (server) => server.call('user.tags', { name, tags: tags as Tags }));
      const line = tags.length === 0 ? `${name} has no tags.` : `${name} is tagged ${tags.join(' ')}.`;
      await printOutcome(command, shell, line, { name, tags });
    });
}

function defineDelete(command: Command, shell: Shell): void {
  command.argument('<name>').action(async (name: string) => {
    await withServer(command, shell, (server) => server.call('user.delete', { name }));
    await printOutcome(command, shell, `Deleted ${name}.`, { name });
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list users'), shell);
  defineAdd(command.command('add').description('add a user; asks for the password'), shell);
  definePasswd(command.command('passwd').description('change a password; asks for it'), shell);
  defineTags(command.command('tags').description('replace the tags of a user; none: take all away'), shell);
  defineDelete(command.command('delete').description('delete a user and its permissions'), shell);
}
