/** `npm run build`: compiles what is stale. */
import { ensureReady } from './preparation/ready.mjs';
import { requireNode } from '../bin/require-node.js';
import { exitWithFailedStep } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  if (!(await ensureReady())) console.error('Nothing to build: dist is up to date.');
});
