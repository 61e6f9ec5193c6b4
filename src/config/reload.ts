/** Which settings a reload puts in force, and which wait for a restart. */
import type { Settings } from './schema.js';
import { differences } from './tree.js';

/** Settings (or whole sections) that a running server takes over. */
const reloadable = [
  ...(['limits.memory', 'limits.diskFree', 'log.level'] as const),
  ...(['alerts.rules', 'alerts.without'] as const),
] as const;

/** Routes lead to receivers, which take a restart: with these changed, routes wait for it too. */
const receivers = 'alerts.receivers';
const routes = 'alerts.routes';

/** What differs between the running settings and the new ones. Paths are dotted. */
export interface SettingChanges {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
}

function isReloadable(path: string): boolean {
  return reloadable.some((setting) => isWithin(path, setting));
}

function isWithin(path: string, setting: string): boolean {
  return path === setting || path.startsWith(`${setting}.`);
}

/** Sorts the differences. Certificates are not among them: their files are read again at every reload. */
export function compareSettings(running: Settings, next: Settings): SettingChanges {
  const changed = differences(running, next);
  const keepsReceivers = !changed.some((path) => isWithin(path, receivers));
  const isApplied = (path: string): boolean =>
    isReloadable(path) || (keepsReceivers && isWithin(path, routes));
  return {
    applied: changed.filter(isApplied),
    needRestart: changed.filter((path) => !isApplied(path)),
  };
}
