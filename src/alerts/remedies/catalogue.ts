/** Every remedy by its name: what signatures propose, rules name and people apply. Names are stable. */
import { SluiceError } from '../../kernel/index.js';
import { consumerRemedies } from './definitions/consumers.js';
import { limitRemedies } from './definitions/limits.js';
import { pauseRemedies } from './definitions/pause.js';
import { quarantineRemedies } from './definitions/quarantine.js';
import { redriveRemedies } from './definitions/redrive.js';
import { workerRemedies } from './definitions/workers.js';
import type { AnyRemedy } from './remedy.js';

export const remedies: readonly AnyRemedy[] = [
  ...limitRemedies,
  ...consumerRemedies,
  ...quarantineRemedies,
  ...pauseRemedies,
  ...redriveRemedies,
  ...workerRemedies,
];

const byName = new Map(remedies.map((remedy) => [remedy.name, remedy]));

/** Throws `not-found`. */
export function remedyNamed(name: string): AnyRemedy {
  const remedy = byName.get(name);
  if (remedy !== undefined) return remedy;
  throw new SluiceError(
    'not-found',
    `there is no remedy '${name}'; there are ${[...byName.keys()].join(', ')}`,
  );
}
