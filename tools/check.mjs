/** `npm run check`: what continuous integration does: format, lint, and at the end, whatever those said, `npm test`. */
import { ensureReady } from './preparation/ready.mjs';
import { requireNode } from '../bin/require-node.js';
import { inRoot } from './preparation/paths.mjs';
import { exitWithFailedStep, run, runQuietly, StepFailed } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  await ensureReady();
});
const untidy = [
  await fails('Checking format', 'prettier/bin/prettier.cjs', '--check', '.'),
  await fails('Linting', 'eslint/bin/eslint.js', '.'),
  await fails('Checking the console', 'svelte-check/bin/svelte-check', '--tsconfig', 'console/tsconfig.json'),
].some(Boolean);
const testsExitCode = await run(process.execPath, [inRoot('tools', 'test.mjs')]);
process.exitCode = untidy && testsExitCode === 0 ? 1 : testsExitCode;

async function fails(title, script, ...parameters) {
  try {
    await runQuietly(title, process.execPath, [inRoot('node_modules', script), ...parameters]);
    return false;
  } catch (error) {
    if (error instanceof StepFailed) return true;
    throw error;
  }
}
