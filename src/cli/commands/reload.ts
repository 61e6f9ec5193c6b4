/** `sluice reload`. */
import type { Command } from 'commander';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const outcome = await withServer(command, shell, (server) => server.call('reload', {}));
    if (shell.isJson(command)) {
      await shell.sayJson(outcome);
      return;
    }
    const { changes, needRestart, certificates } = outcome;
    const inForce = changes.map(({ text }) => text).join(', ');
    await shell.say(inForce === '' ? 'No setting changed.' : `Now in force: ${inForce}`);
    if (certificates) await shell.say('Certificates were read again.');
    if (needRestart.length > 0) await shell.say(`Needs a restart: ${needRestart.join(', ')}`);
  });
}
