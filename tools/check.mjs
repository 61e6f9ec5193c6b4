/** `npm run check`: what continuous integration does: format, lint, then types, build and tests. */
import { ensureBuilt } from './preparation/build.mjs';
import { ensureInstalled } from './preparation/install.mjs';
import { requireNode } from '../bin/require-node.js';
import { inRoot } from './preparation/paths.mjs';
import { exitWithFailedStep, run, runQuietly } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  await ensureInstalled();
  await runQuietly('Checking format', process.execPath, [
    program('prettier', 'bin/prettier.cjs'),
    '--check',
    '.',
  ]);
  await ensureBuilt();
  await runQuietly('Linting', process.execPath, [program('eslint', 'bin/eslint.js'), '.']);
});
process.exitCode = await run(process.execPath, [inRoot('tools', 'test.mjs'), ...process.argv.slice(2)]);

function program(name, script) {
  return inRoot('node_modules', name, script);
}
