/** A hash over names and contents of files: equal exactly when nothing that matters has changed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './paths.mjs';

/** The files below `directory` whose path `isWanted`, sorted. */
export function filesBelow(directory, isWanted) {
  const found = [];
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path, isWanted));
    else if (isWanted(path)) found.push(path);
  }
  return found.sort();
}

export function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const content = readFileSync(path);
    hash.update(`${relative(root, path)}\n${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}
