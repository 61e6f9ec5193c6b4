/**
 * Builds the console into `console/dist` when anything that goes into it has changed. The stamp is removed before and
 * written after, so an interrupted or failed build is never taken for a whole one.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { sep } from 'node:path';
import { filesBelow, fingerprint } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { runQuietly } from './run.mjs';

const folder = inRoot('console');
const stampPath = inRoot('console', 'dist', '.built');
const builder = inRoot('node_modules', 'vite', 'bin', 'vite.js');

/** Builds if needed; tells whether it was. */
export async function ensureConsoleBuilt() {
  // A clone without it is a test's own.
  if (!existsSync(folder)) return false;
  const built = inRoot('console', 'dist') + sep;
  const sources = filesBelow(folder, (path) => !path.startsWith(built) && !path.endsWith('.test.ts'));
  const wanted = fingerprint([inRoot('package-lock.json'), ...sources]);
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return false;
  rmSync(stampPath, { force: true });
  await runQuietly('Building the console', process.execPath, [
    builder,
    'build',
    folder,
    '--logLevel',
    'warn',
  ]);
  writeFileSync(stampPath, wanted);
  return true;
}
