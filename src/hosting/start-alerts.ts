/**
 * Evaluates rules over what is measured. Invariant: alerts never keep a broker from starting; where
 * figures are not kept there are none.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Alerts, AlertSettings } from '../alerts/index.js';
import type { Broker } from '../broker/index.js';
import { deadLetterQueueOf } from '../engines/index.js';
import { messageOf, type Clock, type Disk } from '../kernel/index.js';
import type { Monitor } from '../monitor/index.js';
import { alertLinks } from './alert-links.js';
import { goneObjects } from './gone-objects.js';
import type { StopStack } from './stop-stack.js';

export interface AlertedParts {
  readonly directory: string;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly monitor: Monitor | undefined;
  readonly settings: AlertSettings;
  /** Whether an engine beside with this name is configured now. */
  readonly hasEngine: (name: string) => boolean;
  readonly onProblem: (problem: string) => void;
}

/** Starts them; `stack` stops them. Undefined: nothing is measured, or their log cannot be opened, which is told. */
export async function startAlerts(parts: AlertedParts, stack: StopStack): Promise<Alerts | undefined> {
  const { monitor, clock, disk, directory, broker, onProblem } = parts;
  if (monitor?.keepsHistory !== true) return undefined;
  const [module, { taskQueueOf }, { catalogue }] = await Promise.all([
    import('../alerts/index.js'),
    import('../tasks/index.js'),
    import('../monitor/index.js'),
  ]);
  const { settings, hasEngine } = parts;
  try {
    const alerts = await module.Alerts.open({
      ...{ clock, disk, directory, figures: monitor, settings, onProblem, pause: () => nextTurn() },
      links: alertLinks(broker, { ofTask: taskQueueOf, ofDeadLetters: deadLetterQueueOf }),
      isGone: goneObjects({ monitor, catalogue, hasEngine }),
    });
    stack.push('alerts', () => alerts.stop());
    monitor.add(new module.AlertSource(() => alerts.counts()));
    alerts.start();
    return alerts;
  } catch (problem) {
    onProblem(`alerts cannot be opened: ${messageOf(problem)}`);
    return undefined;
  }
}
