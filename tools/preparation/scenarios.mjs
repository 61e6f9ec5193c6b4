/** Runs `NAME/run.mjs` of a directory of scenarios, chosen by the first argument, against a fresh build. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { requireNode } from '../../bin/require-node.js';
import { inRoot } from './paths.mjs';
import { exitWithFailedStep } from './run.mjs';

/** Runs the scenario that `command` (`bench`) was given a name of; without one, lists them. */
export async function runScenario(command, directory) {
  requireNode();
  const name = process.argv[2] ?? '';
  const names = scenariosIn(inRoot(directory));
  if (!names.includes(name)) return refuse(command, name, names);
  await exitWithFailedStep(async () => {
    await ensureInstalled();
    await ensureBuilt();
  });
  // A scenario reads its own arguments, and not its name.
  process.argv = [process.execPath, scenarioPath(inRoot(directory), name), ...process.argv.slice(3)];
  await import(pathToFileURL(process.argv[1]).href);
}

function scenariosIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => existsSync(scenarioPath(directory, name)));
}

function scenarioPath(directory, name) {
  return join(directory, name, 'run.mjs');
}

function refuse(command, name, names) {
  if (name !== '') console.error(`There is no "${name}" to run.`);
  console.error(`Usage: npm run ${command} -- NAME [options]`);
  console.error(`Names: ${names.length === 0 ? 'none yet' : names.join(', ')}`);
  process.exitCode = 2;
}
