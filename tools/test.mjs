/**
 * `npm test`: installs, builds and checks the types, then runs the tests (all, or those whose path contains an
 * argument) and ends with one line of counts. With SLUICE_REQUIRE_ALL=1 a missing program fails its tests.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureReady } from './preparation/ready.mjs';
import { requireNode } from '../bin/require-node.js';
import { inRoot } from './preparation/paths.mjs';
import { exitWithFailedStep, run, runQuietly } from './preparation/run.mjs';

requireNode();
await exitWithFailedStep(async () => {
  await ensureReady();
  await checkTypes();
});
process.exitCode = await runTests(process.argv.slice(2));

function checkTypes() {
  const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  return runQuietly('Checking types', process.execPath, [
    compiler,
    '--noEmit',
    '-p',
    inRoot('tsconfig.json'),
  ]);
}

async function runTests(parameters) {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-test-counts-'));
  const countsPath = join(directory, 'counts.json');
  try {
    const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', `--reporter=${inRoot('tools', 'test-counts.mjs')}`];
    const exitCode = await run(process.execPath, [vitest, 'run', ...reporters, ...parameters], {
      env: { ...process.env, SLUICE_TEST_COUNTS: countsPath },
    });
    const failed = printCounts(countsPath);
    return exitCode === 0 && failed > 0 ? 1 : exitCode;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Prints each skipped test and the counts; gives how many failed. */
function printCounts(countsPath) {
  const { passed, failed, skipped } = readCounts(countsPath);
  for (const title of skipped) console.log(`skipped: ${title}`);
  console.log(`Tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed;
}

/** A run that ended before it could be counted has failed. */
function readCounts(countsPath) {
  try {
    return JSON.parse(readFileSync(countsPath, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}
