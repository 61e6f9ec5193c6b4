/** Refuses a Node that is too old, in words, before anything with newer syntax is loaded. */
import { readFileSync } from 'node:fs';

/** Whether `version` (`20.19.0`) satisfies `needed` (`>=20.19`), the only form package.json uses. */
export function isNewEnough(version, needed) {
  const have = version.split('.').map(Number);
  const want = needed.replace('>=', '').split('.').map(Number);
  for (let index = 0; index < want.length; index++) {
    if (have[index] !== want[index]) return have[index] > want[index];
  }
  return true;
}

/** Ends the process with a plain sentence when this Node cannot run Sluice. */
export function requireNode() {
  const needed = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;
  if (isNewEnough(process.versions.node, needed)) return;
  console.error(
    `Sluice needs Node ${needed}, and this is Node ${process.versions.node} (${process.execPath}).`,
  );
  process.exit(1);
}
