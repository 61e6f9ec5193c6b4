/** A program's settings of governance, checked as those of a file are. */
import { resolve } from 'node:path';
import { governanceSettings, type GovernanceSettings } from './governance-schema.js';
import { configInvalid, problemsIn } from './problems.js';
import { deepFreeze, valueAt, withValue, type Tree } from './tree.js';

const keyFile = ['zabbix', 'psk', 'file'];

/** Throws 'config-invalid', naming every problem. Paths are relative to `workingDirectory`. */
export function parseProgramGovernance(
  given: Readonly<Record<string, unknown>>,
  workingDirectory: string,
): GovernanceSettings {
  const tree: Tree = { ...given };
  const file = valueAt(tree, keyFile);
  const placed =
    typeof file === 'string' && file !== ''
      ? withValue(tree, keyFile, resolve(workingDirectory, file))
      : tree;
  const parsed = governanceSettings.safeParse(placed);
  if (!parsed.success) throw configInvalid(problemsIn(parsed.error), () => undefined);
  return deepFreeze(parsed.data);
}
