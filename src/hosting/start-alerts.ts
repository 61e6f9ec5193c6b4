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
import type { StopStack } from './stop-stack.js';

export interface AlertedParts {
  readonly directory: string;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly monitor: Monitor | undefined;
  readonly settings: AlertSettings;
  readonly onProblem: (problem: string) => void;
}

const ownEngine = 'embedded';
/** Measurements older than this tell nothing of what is gone. */
const freshMs = 10_000;

/** Starts them; `stack` stops them. Undefined: nothing is measured, or their log cannot be opened, which is told. */
export async function startAlerts(parts: AlertedParts, stack: StopStack): Promise<Alerts | undefined> {
  const { monitor, clock, disk, directory, broker, onProblem } = parts;
  if (monitor?.keepsHistory !== true) return undefined;
  const [module, { taskQueueOf }] = await Promise.all([
    import('../alerts/index.js'),
    import('../tasks/index.js'),
  ]);
  const { settings } = parts;
  try {
    const alerts = await module.Alerts.open({
      ...{ clock, disk, directory, figures: monitor, settings, onProblem, pause: () => nextTurn() },
      links: alertLinks(broker, { ofTask: taskQueueOf, ofDeadLetters: deadLetterQueueOf }),
      isGone: (kind, labels) => isGone(monitor, kind, labels),
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

/** The own engine tells everything that it has: what a whole measurement does not show is not there. */
function isGone(monitor: Monitor, kind: string, labels: readonly string[]): boolean | undefined {
  if (labels[0] !== ownEngine || !['queue', 'consumer', 'connection'].includes(kind)) return undefined;
  if (monitor.ageMs > freshMs) return undefined;
  if (monitor.health.sources.some(({ problem }) => problem !== undefined)) return undefined;
  return monitor.find(kind, labels) === undefined;
}
