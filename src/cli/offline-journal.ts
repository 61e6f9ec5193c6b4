/** Work on the journal of a server that does not run: the directory is claimed meanwhile, so that none starts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { claimDirectory } from '../control/index.js';
import { systemClock, systemDisk, type Disk } from '../kernel/index.js';
import { exitCodes } from './exit-codes.js';
import { CommandFailure } from './failure.js';
import { dataDirectoryOf, shownPath } from './server-call.js';
import type { Shell } from './shell.js';

/** Runs `use` on the journal's directory. Rejects with 'directory-owned' while a server runs. */
export async function withOfflineJournal<Result>(
  command: Command,
  shell: Shell,
  use: (journalDirectory: string, disk: Disk) => Promise<Result>,
): Promise<Result> {
  const directory = await dataDirectoryOf(command, shell);
  const journalDirectory = join(directory, 'journal');
  if (!existsSync(journalDirectory)) {
    throw new CommandFailure(`There is no journal in ${shownPath(shell, directory)}.`, exitCodes.failure);
  }
  const claim = await claimDirectory(directory, systemClock());
  try {
    return await use(journalDirectory, systemDisk());
  } finally {
    await claim.release();
  }
}
