/** `npm run screenshots`: takes the pictures of the documentation from a demonstration of this build. */
import { ensureReady } from './preparation/ready.mjs';
import { exitWithFailedStep } from './preparation/run.mjs';

await exitWithFailedStep(async () => {
  await ensureReady();
});
await import('./screenshots/take.mjs');
