/** `sluice alert …`. */
import type { Command } from 'commander';
import type { Shell } from '../shell.js';
import { defineRules } from './alert-rules.js';
import { defineRoutes } from './alert-routes.js';

/** Defines the command. */
export function define(command: Command, shell: Shell): void {
  defineRules(command, shell);
  defineRoutes(command, shell);
}
