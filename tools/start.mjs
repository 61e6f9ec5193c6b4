/**
 * `npm start`: installs what is missing, builds what is stale, and becomes `sluice up` in this same process,
 * so that signals and the exit code are the server's own.
 */
import { ensureBuilt } from './preparation/build.mjs';
import { ensureInstalled } from './preparation/install.mjs';
import { requireNode } from '../bin/require-node.js';
import { inRoot } from './preparation/paths.mjs';
import { exitWithFailedStep } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  await ensureInstalled();
  await ensureBuilt();
});
process.argv = [process.execPath, inRoot('bin', 'sluice.js'), 'up', ...process.argv.slice(2)];
await import('../bin/sluice.js');
