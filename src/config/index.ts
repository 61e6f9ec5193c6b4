/**
 * The configuration: one schema out of every module's, read from flags, environment and `sluice.yaml`. The
 * schemas load only when `loadSettings` is called, so that a short command pays nothing for them.
 */
import type { GovernanceSettings } from './governance-schema.js';
import type { LoadedSettings, SettingSources } from './load.js';
import type { SessionTimes } from './session-schema.js';

export { formatBytes, formatDuration, parseBytes, parseDurationMs } from './amounts.js';
export type { MemoryLimit } from './amount-settings.js';
export { findDataDirectory, type DataDirectoryQuery } from './data-directory.js';
export { futureFlags, settingFlags, variableOf, type SettingFlag } from './flags.js';
export type { GovernanceInput, GovernanceSettings } from './governance-schema.js';
export type { LoadedSettings, SettingSources } from './load.js';
export { placedProblem } from './problems.js';
export { compareSettings, takeOver, type SettingChange, type SettingChanges } from './reload.js';
export type { PortSetting, Settings } from './schema.js';
export type { SessionTimes } from './session-schema.js';
export { sluiceVersion } from './version.js';

/** Reads and validates everything. Rejects with 'config-invalid', naming every problem and where it stands. */
export async function loadSettings(sources: SettingSources): Promise<LoadedSettings> {
  const { assembleSettings } = await import('./load.js');
  return assembleSettings(sources);
}

/**
 * Validates a program's settings of governance, which are named as in `sluice.yaml`. Rejects with 'config-invalid',
 * naming every problem. Paths are relative to `workingDirectory`.
 */
export async function programGovernance(
  given: Readonly<Record<string, unknown>>,
  workingDirectory: string,
): Promise<GovernanceSettings> {
  const { parseProgramGovernance } = await import('./program-governance.js');
  return parseProgramGovernance(given, workingDirectory);
}

/** Validates how long browsers stay signed in to a program. Rejects with 'config-invalid', naming every problem. */
export async function programSession(session: object): Promise<SessionTimes> {
  const { parseProgramSession } = await import('./program-session.js');
  return parseProgramSession(session);
}
