/** `sluice stop`: returns when the server has stopped. */
import type { Command } from 'commander';
import { printOutcome } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const pid = await withServer(command, shell, async (server) => {
      await server.call('stop', {});
      await server.closed;
      return server.hello.pid;
    });
    await printOutcome(command, shell, `Stopped (process ${pid}).`, { stopped: true, pid });
  });
}
