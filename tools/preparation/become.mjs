/**
 * Installs what is missing, builds what is stale, and becomes a command of `sluice` in this same process, so that
 * signals and the exit code are the command's own.
 */
import { requireNode } from '../../bin/require-node.js';
import { inRoot } from './paths.mjs';
import { ensureReady } from './ready.mjs';
import { exitWithFailedStep } from './run.mjs';

export async function becomeSluice(command) {
  requireNode();
  await exitWithFailedStep(ensureReady);
  process.argv = [process.execPath, inRoot('bin', 'sluice.js'), command, ...process.argv.slice(2)];
  await import('../../bin/sluice.js');
}
