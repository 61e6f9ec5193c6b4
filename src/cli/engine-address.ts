/** Which engine a command is to work on: what was named, or the data directory. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parseEngineAddress } from '../engines/index.js';
import { dataDirectoryOf } from './server-call.js';
import type { Shell } from './shell.js';

/** An engine's address; a directory, whole. Rejects as the configuration is refused. */
export async function engineAddressOf(
  given: string | undefined,
  command: Command,
  shell: Shell,
): Promise<string> {
  if (given !== undefined && parseEngineAddress(given).kind !== 'embedded') return given;
  const directory =
    given === undefined
      ? await dataDirectoryOf(command, shell)
      : resolve(shell.workingDirectory, given.replace(/^embedded:/, ''));
  return `embedded:${directory}`;
}

/** The directory of that address, where it is one without an engine in it. */
export function missingDirectory(address: string): string | undefined {
  const parsed = parseEngineAddress(address);
  if (parsed.kind !== 'embedded' || existsSync(join(parsed.directory, 'journal'))) return undefined;
  return parsed.directory;
}
