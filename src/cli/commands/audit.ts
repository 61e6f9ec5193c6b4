/** `sluice audit …`. */
import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { printOutcome } from '../listing.js';
import { withServer } from '../server-call.js';
import type { Shell } from '../shell.js';

function defineVerify(command: Command, shell: Shell): void {
  command.action(async () => {
    const verdict = await withServer(command, shell, (server) => server.call('audit.verify', {}));
    const line = verdict.ok
      ? `The audit log is whole: ${verdict.records} records, last hash ${verdict.headHash}.`
      : `The audit log is broken at ${verdict.file} line ${verdict.line}: ${verdict.reason}`;
    await printOutcome(command, shell, line, verdict);
    if (!verdict.ok) shell.exitCode = exitCodes.data;
  });
}

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineVerify(command.command('verify').description('check that nothing was changed or removed'), shell);
}
