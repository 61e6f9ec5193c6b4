/** Starts the remedies of a server. */
import type { Access } from '../access/index.js';
import type { Remedies } from '../alerts/index.js';
import { startRemedies, type RemediedParts } from '../hosting/index.js';
import { SluiceError } from '../kernel/index.js';
import type { Redrives } from '../operations/index.js';
import type { Boot } from './boot.js';

type Remedied = Pick<RemediedParts, 'broker' | 'connections' | 'figures' | 'monitor' | 'alerts'> & {
  readonly access: Access;
  readonly redrives: Redrives;
};

/** Never fails a start. */
export function remediesOf(boot: Boot, parts: Remedied): Promise<Remedies | undefined> {
  const { settings, disk, clock, log, stack, state } = boot;
  const { access, broker, connections, figures, monitor, alerts } = parts;
  return startRemedies(
    {
      redrives: () => Promise.resolve(parts.redrives),
      ...{ directory: settings.data, disk, clock, broker, connections, figures, monitor, alerts },
      settings: settings.alerts.remedies,
      record: (step) => {
        access.audit.record(step);
      },
      async tasks() {
        if (state.parts === undefined) throw new SluiceError('closed', 'the server is still starting');
        return state.parts.tasks();
      },
      onProblem: (problem) => {
        log.warn({ event: 'remedies.problem', problem }, 'A remedy has a problem');
      },
    },
    stack,
  );
}
