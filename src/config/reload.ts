/** Which settings a reload puts in force, and which wait for a restart. */
import type { Settings } from './schema.js';
import { differences } from './tree.js';

/** Settings (or whole sections) that a running server takes over. */
const reloadable = ['tls', 'limits.memory', 'limits.diskFree', 'log.level'] as const;

/** What differs between the running settings and the new ones. Paths are dotted. */
export interface SettingChanges {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
}

function isReloadable(path: string): boolean {
  return reloadable.some((setting) => path === setting || path.startsWith(`${setting}.`));
}

/** Sorts the differences. Turning TLS on or off needs a restart: its listeners come and go with it. */
export function compareSettings(running: Settings, next: Settings): SettingChanges {
  const changed = differences(running, next);
  const listenersChange = (running.tls === undefined) !== (next.tls === undefined);
  const applies = (path: string): boolean =>
    isReloadable(path) && !(listenersChange && path.startsWith('tls'));
  return { applied: changed.filter(applies), needRestart: changed.filter((path) => !applies(path)) };
}
