/** `npm run build`: compiles what is stale. */
import { ensureBuilt } from './preparation/build.mjs';
import { ensureInstalled } from './preparation/install.mjs';
import { requireNode } from '../bin/require-node.js';
import { exitWithFailedStep } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  await ensureInstalled();
  if (!(await ensureBuilt())) console.error('Nothing to build: dist is up to date.');
});
