/** `sluice version`. */
import type { Command } from 'commander';
import { sluiceVersion } from '../../config/index.js';
import { printOutcome } from '../listing.js';
import type { Shell } from '../shell.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  command.action(async () => {
    const version = sluiceVersion();
    await printOutcome(command, shell, `sluice ${version}`, { version, node: process.versions.node });
  });
}
