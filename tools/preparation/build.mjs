/**
 * Compiles `src` into `dist` when anything that goes into it has changed. The stamp is removed before and
 * written after, so an interrupted or failed build is never taken for a whole one.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { writeCommonJs } from './commonjs.mjs';
import { ensureConsoleBuilt } from './console.mjs';
import { filesBelow, fingerprint } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { runQuietly } from './run.mjs';

const source = inRoot('src');
const target = inRoot('dist');
const stampPath = inRoot('dist', '.built');
const settings = [
  inRoot('package-lock.json'),
  inRoot('tsconfig.json'),
  inRoot('tsconfig.build.json'),
  inRoot('tools', 'preparation', 'commonjs.mjs'),
];
const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');

/** Builds what is stale; tells whether anything was. */
export async function ensureBuilt() {
  const isConsoleNew = await ensureConsoleBuilt();
  return (await ensureCompiled()) || isConsoleNew;
}

async function ensureCompiled() {
  const sources = filesBelow(source, isSource);
  const wanted = fingerprint([...settings, ...sources]);
  if (existsSync(stampPath)) {
    if (readFileSync(stampPath, 'utf8') === wanted) return false;
    rmSync(stampPath);
  } else {
    // What the compiler remembers of an unfinished build cannot be trusted.
    rmSync(target, { recursive: true, force: true });
  }
  await runQuietly('Building', process.execPath, [compiler, '-p', inRoot('tsconfig.build.json')]);
  removeOrphans(new Set(sources.map((path) => stem(relative(source, path)))));
  await writeCommonJs();
  writeFileSync(stampPath, wanted);
  return true;
}

/** As tsconfig.build.json has it: neither tests nor what is there for them alone. `src/testing` is for programs. */
function isSource(path) {
  const isForTests = relative(source, path).split(sep).slice(1).includes('testing');
  return path.endsWith('.ts') && !path.endsWith('.test.ts') && !isForTests;
}

/** Output whose source is gone would still be packed and could still be imported. */
function removeOrphans(stems) {
  for (const path of filesBelow(target, (file) => /\.(js|d\.ts)(\.map)?$/.test(file))) {
    if (!stems.has(stem(relative(target, path)))) rmSync(path);
  }
}

function stem(path) {
  return path.replace(/(\.d)?\.(ts|js)(\.map)?$/, '');
}
