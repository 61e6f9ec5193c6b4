/** `sluice operator-policy …`. */
import type { Command } from 'commander';
import { defineChanges } from '../policy-changes.js';
import type { Shell } from '../shell.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineChanges(command, shell, 'operator-policy');
}
