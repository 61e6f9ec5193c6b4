/**
 * Installs what is missing, builds what is stale, and becomes a command of `sluice` in this same process, so that
 * signals and the exit code are the command's own.
 */
import { requireNode } from '../../bin/require-node.js';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { inRoot } from './paths.mjs';
import { exitWithFailedStep } from './run.mjs';

export async function becomeSluice(command) {
  requireNode();
  await exitWithFailedStep(async () => {
    await ensureInstalled();
    await ensureBuilt();
  });
  process.argv = [process.execPath, inRoot('bin', 'sluice.js'), command, ...process.argv.slice(2)];
  await import('../../bin/sluice.js');
}
