/** `npm run screenshots`: takes the pictures of the documentation from a demonstration of this build. */
import { ensureBuilt } from './preparation/build.mjs';
import { ensureInstalled } from './preparation/install.mjs';
import { exitWithFailedStep } from './preparation/run.mjs';

await exitWithFailedStep(async () => {
  await ensureInstalled();
  await ensureBuilt();
});
await import('./screenshots/take.mjs');
