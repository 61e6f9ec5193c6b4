/**
 * The configuration: one schema out of every module's, read from flags, environment and `sluice.yaml`. The
 * schemas load only when `loadSettings` is called, so that a short command pays nothing for them.
 */
import type { LoadedSettings, SettingSources } from './load.js';

export { formatBytes, formatDuration, parseBytes, parseDurationMs } from './amounts.js';
export type { MemoryLimit } from './amount-settings.js';
export { findDataDirectory, type DataDirectoryQuery } from './data-directory.js';
export { futureFlags, settingFlags, variableOf, type SettingFlag } from './flags.js';
export type { LoadedSettings, SettingSources } from './load.js';
export { compareSettings, type SettingChanges } from './reload.js';
export type { PortSetting, Settings } from './schema.js';
export { sluiceVersion } from './version.js';

/** Reads and validates everything. Rejects with 'config-invalid', naming every problem and where it stands. */
export async function loadSettings(sources: SettingSources): Promise<LoadedSettings> {
  const { assembleSettings } = await import('./load.js');
  return assembleSettings(sources);
}
