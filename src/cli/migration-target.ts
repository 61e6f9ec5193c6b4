/** The engine that a migration brings jobs to. Invariant: a dry run makes nothing, not even a directory. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseEngineAddress } from '../engines/index.js';
import { open } from '../open.js';
import type { TaskApp } from '../tasks/index.js';
import { dataDirectoryOf } from './server-call.js';
import type { Shell } from './shell.js';

/** Opens it, and makes a directory that is not there. */
export async function openTarget(to: string | undefined, command: Command, shell: Shell): Promise<TaskApp> {
  return open({ engine: await addressOf(to, command, shell), name: 'sluice migrate' });
}

/** Opens one that is there. Undefined: there is none yet. */
export async function openDry(
  to: string | undefined,
  command: Command,
  shell: Shell,
): Promise<TaskApp | undefined> {
  const engine = await addressOf(to, command, shell);
  const address = parseEngineAddress(engine);
  if (address.kind === 'embedded' && !existsSync(join(address.directory, 'journal'))) return undefined;
  return open({ engine, name: 'sluice migrate' });
}

async function addressOf(to: string | undefined, command: Command, shell: Shell): Promise<string> {
  if (to !== undefined && parseEngineAddress(to).kind !== 'embedded') return to;
  const directory =
    to === undefined
      ? await dataDirectoryOf(command, shell)
      : resolve(shell.workingDirectory, to.replace(/^embedded:/, ''));
  return `embedded:${directory}`;
}
