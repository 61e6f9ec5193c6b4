/**
 * The order in which test files run: those that take minutes first, so that none of them begins when the others end and
 * runs on alone. Invariant: it changes when a file runs, never whether.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first: what whole runs on two processors told. Those that work the processors
 * hard do not stand side by side.
 */
export const longestFiles = [
  ...[
    'torture/kill',
    'engines/rabbitmq',
    'console/soak',
    'simulation/simulation',
    'torture/tasks',
    'cli/demo',
  ],
  ...['interop/zabbix', 'engines/attached', 'interop/prometheus', 'engines/beside', 'console/overview'],
  ...['engines/observed-rabbitmq', 'package/package', 'attach/sharing', 'alerts/remedies-of-server'],
  ...['interop/python-clients', 'console/rules', 'console/console', 'conformance/conformance'],
  ...['cli/commands', 'engines/probed-engines', 'console/access', 'engines/sluice'],
].map((name) => `tests/${name}.test.ts`);

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longestFiles.findIndex((path) => moduleId.endsWith(`/${path}`));
  return rank < 0 ? longestFiles.length : rank;
}

export class LongestFirst extends BaseSequencer {
  /** The others stay in the order that Vitest gives them. */
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
