/** Which settings a reload puts in force, and which wait for a restart. */
import type { Settings } from './schema.js';
import { differences } from './tree.js';

/** Settings (or whole sections) that a running server takes over. */
const reloadable = ['limits.memory', 'limits.diskFree', 'log.level'] as const;

/** What differs between the running settings and the new ones. Paths are dotted. */
export interface SettingChanges {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
}

function isReloadable(path: string): boolean {
  return reloadable.some((setting) => path === setting || path.startsWith(`${setting}.`));
}

/** Sorts the differences. Certificates are not among them: their files are read again at every reload. */
export function compareSettings(running: Settings, next: Settings): SettingChanges {
  const changed = differences(running, next);
  return {
    applied: changed.filter(isReloadable),
    needRestart: changed.filter((path) => !isReloadable(path)),
  };
}
