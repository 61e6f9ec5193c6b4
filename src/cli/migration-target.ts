/** The engine that a migration brings jobs to. Invariant: a dry run makes nothing, not even a directory. */
import type { Command } from 'commander';
import { open } from '../open.js';
import type { TaskApp } from '../tasks/index.js';
import { engineAddressOf, missingDirectory } from './engine-address.js';
import type { Shell } from './shell.js';

/** Opens it, and makes a directory that is not there. */
export async function openTarget(to: string | undefined, command: Command, shell: Shell): Promise<TaskApp> {
  return open({ engine: await engineAddressOf(to, command, shell), name: 'sluice migrate' });
}

/** Opens one that is there. Undefined: there is none yet. */
export async function openDry(
  to: string | undefined,
  command: Command,
  shell: Shell,
): Promise<TaskApp | undefined> {
  const engine = await engineAddressOf(to, command, shell);
  if (missingDirectory(engine) !== undefined) return undefined;
  return open({ engine, name: 'sluice migrate' });
}
