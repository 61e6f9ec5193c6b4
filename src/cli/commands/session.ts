/** `sluice session …`: the browsers that are signed in. */
import type { Command } from 'commander';
import { formatDuration } from '../../config/index.js';
import { systemClock } from '../../kernel/index.js';
import type { SessionRow } from '../../operations/index.js';
import { exitCodes } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { printOutcome, printRows } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import type { Column } from '../table.js';

const nowMs = systemClock().now();

const columns: readonly Column<SessionRow>[] = [
  { title: 'id', of: (session) => session.id },
  { title: 'user', of: (session) => session.user },
  { title: 'address', of: (session) => session.address },
  { title: 'browser', of: (session) => session.browser },
  { title: 'for', of: ({ openedMs }) => formatDuration(Math.max(0, nowMs - openedMs)) },
  { title: 'idle for', of: ({ lastUsedMs }) => formatDuration(Math.max(0, nowMs - lastUsedMs)) },
  { title: 'ends in', of: ({ idleEndsMs }) => formatDuration(Math.max(0, idleEndsMs - nowMs)) },
];

function defineList(command: Command, shell: Shell): void {
  command.action(async () => {
    const { sessions } = await withServer(command, shell, (server) => server.call('session.list', {}));
    await printRows(command, shell, columns, sessions, 'No browser is signed in.');
  });
}

function defineEnd(command: Command, shell: Shell): void {
  command
    .argument('[id]', 'its id in the list')
    .option('--user <name>', 'all sessions of this user')
    .action(async (id: string | undefined, { user }: { user?: string }) => {
      const which = whichOf(id, user);
      const { ended } = await withServer(command, shell, (server) => server.call('session.end', which));
      const line =
        'id' in which ? `Ended session ${which.id}.` : `Ended sessions of ${which.user}: ${ended}.`;
      await printOutcome(command, shell, line, { ...which, ended });
    });
}

function whichOf(id: string | undefined, user: string | undefined): { id: string } | { user: string } {
  if (id !== undefined && user === undefined) return { id };
  if (user !== undefined && id === undefined) return { user };
  throw new CommandFailure('Name one session by its id, or a user by --user NAME.', exitCodes.usage);
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineList(command.command('list').description('list the browsers that are signed in'), shell);
  defineEnd(command.command('end').description('sign a browser, or a user, out'), shell);
}
