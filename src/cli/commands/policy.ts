/** `sluice policy …`. */
import type { Command } from 'commander';
import { effectLines } from '../effect-text.js';
import { defineChanges } from '../policy-changes.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';
import { singleLine } from '../text.js';
import { withVhost } from '../vhost-option.js';

function defineShow(command: Command, shell: Shell): void {
  withVhost(command.argument('<queue>', 'or an exchange, with --exchange'))
    .option('--exchange', 'the name is that of an exchange')
    .action(async (name: string, { vhost, exchange }: { vhost: string; exchange?: boolean }) => {
      const kind = exchange === true ? 'exchange' : 'queue';
      const effect = await withServer(command, shell, (server) =>
        server.call('policy.effect', { kind, vhost, name }),
      );
      if (shell.isJson(command)) {
        await shell.sayJson(effect);
        return;
      }
      for (const line of effectLines(effect)) await shell.say(singleLine(line));
    });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineChanges(command, shell, 'policy');
  defineShow(command.command('show').description('show which policies are in effect for a queue'), shell);
}
