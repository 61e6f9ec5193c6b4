/**
 * Installs the packages of the lock file when `node_modules` does not hold them. A stamp inside `node_modules`
 * says which lock file it was made from, so it vanishes with what it describes. A link to the packages of another clone
 * is left alone.
 */
import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { fingerprint } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { runQuietly } from './run.mjs';

const lockPath = inRoot('package-lock.json');
const stampPath = inRoot('node_modules', '.sluice-installed');
/** npm writes this one last. */
const installedLockPath = inRoot('node_modules', '.package-lock.json');

export async function ensureInstalled() {
  // npm would empty what the link points to, under the feet of the clone that it belongs to.
  if (isLink(inRoot('node_modules'))) return;
  const wanted = fingerprint([lockPath]);
  if (!existsSync(installedLockPath)) {
    await install();
  } else if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) {
    return;
  } else if (statSync(installedLockPath).mtimeMs < statSync(lockPath).mtimeMs) {
    await install();
  }
  // Otherwise npm was run by hand after the lock file changed, and the packages are right.
  writeFileSync(stampPath, wanted);
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

async function install() {
  // The npm that runs this script, where there is one, rather than another on the PATH.
  const npmScript = process.env.npm_execpath;
  const [program, first] = npmScript === undefined ? ['npm', []] : [process.execPath, [npmScript]];
  const parameters = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await runQuietly('Installing packages', program, parameters);
}
