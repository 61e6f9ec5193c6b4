/**
 * Puts a broker under governance: figures, probes, engines beside it, where figures are sent, rules and who hears of
 * incidents. Invariant: a server and a program start it here alike, from the same settings; what cannot be measured or
 * sent keeps neither from starting.
 */
import type { Alerts, Notifier } from '../alerts/index.js';
import type { GovernanceSettings } from '../config/index.js';
import type { Monitor, ProbeFigures } from '../monitor/index.js';
import type { PushChange } from '../monitor/zabbix/index.js';
import { ownEngine, type EngineBeside, type Engines, type Services } from '../operations/index.js';
import { problemsInto, type GovernanceLog } from './governance-log.js';
import { pushChangeText, pushToZabbix } from './push-to-zabbix.js';
import { startAlerts } from './start-alerts.js';
import { startMonitor, type MonitoredParts, type MonitorServices } from './start-monitor.js';
import type { StopStack } from './stop-stack.js';

export interface GovernedParts extends Omit<MonitoredParts, 'history' | 'onProblem' | 'probe'> {
  readonly settings: GovernanceSettings;
  readonly notifier: Notifier;
  readonly log: GovernanceLog;
}

/** What services have of it. */
export type Governance = MonitorServices &
  Pick<Services, 'owners' | 'engines'> & { readonly notifier: Notifier; readonly alerts: Alerts | undefined };

/** Starts it; `stack` stops it. Rejects with the system's error where notifications cannot be kept. */
export async function startGovernance(parts: GovernedParts, stack: StopStack): Promise<Governance> {
  const { settings, notifier, clock, log } = parts;
  const services = await measure(parts, stack);
  const { monitor } = services;
  const alerts = await startAlerts(
    { ...parts, monitor, settings: settings.alerts, onProblem: alertProblems(log) },
    stack,
  );
  const { notifyOfIncidents, ReceiverSource } = await import('../alerts/index.js');
  if (alerts === undefined) await notifier.start();
  else await notifyOfIncidents(alerts, notifier);
  monitor?.add(new ReceiverSource(() => notifier.receivers(), clock));
  return { ...services, notifier, alerts, owners: settings.owners };
}

function alertProblems(log: GovernanceLog): (problem: string) => void {
  return problemsInto(log, 'alerts.problem', 'Alerts have a problem');
}

async function measure(
  parts: GovernedParts,
  stack: StopStack,
): Promise<MonitorServices & Pick<Services, 'engines'>> {
  const { settings, log } = parts;
  const { enabled, history } = settings.monitor;
  const monitored = {
    ...parts,
    probe: await probeOfOwn(parts, stack),
    history: enabled ? { budgetBytes: history.budget, objectsMax: history.objects } : undefined,
    onProblem: problemsInto(log, 'monitor.problem', 'Something could not be measured'),
  };
  const services = await startMonitor(monitored, stack);
  if (services.monitor === undefined) return services;
  const engines = await observeBeside(parts, services.monitor, stack);
  await push(parts, services.monitor, stack);
  return { ...services, engines };
}

async function probeOfOwn(parts: GovernedParts, stack: StopStack): Promise<(() => ProbeFigures) | undefined> {
  const { enabled, probe } = parts.settings.monitor;
  if (!enabled || probe === false) return undefined;
  const { probeOwn } = await import('./probe-engines.js');
  const prober = probeOwn(parts, ownEngine, probe, stack);
  return () => prober.figures;
}

async function observeBeside(parts: GovernedParts, monitor: Monitor, stack: StopStack): Promise<Engines> {
  const { settings, clock } = parts;
  const { embeddedCapabilities: capabilities } = await import('../engines/embedded/index.js');
  const beside: EngineBeside[] = [];
  const configured = Object.entries(settings.engines);
  if (configured.length === 0) return { capabilities, beside };
  const [{ engineSources, polledEngine }, { probeBeside }, { besideEngine }] = await Promise.all([
    import('./observe-engines.js'),
    import('./probe-engines.js'),
    import('./beside/open-beside.js'),
  ]);
  for (const [name, observed] of configured) {
    const { management, amqp, probe } = observed;
    const prober =
      settings.monitor.enabled && probe !== false
        ? probeBeside(parts, name, { amqp, probe }, stack)
        : undefined;
    const figures = prober && (() => prober.figures);
    const polled = polledEngine(management, clock);
    for (const source of engineSources(name, polled, figures)) monitor.add(source);
    const engine = besideEngine(name, observed, polled, clock);
    stack.push(`connections to ${name}`, () => engine.close());
    beside.push(engine);
  }
  return { capabilities, beside };
}

async function push(parts: GovernedParts, monitor: Monitor, stack: StopStack): Promise<void> {
  const { settings, clock, log } = parts;
  if (settings.zabbix === undefined) return;
  const onChange = (change: PushChange): void => {
    log(change.kind === 'working' ? 'info' : 'warn', 'zabbix.push', pushChangeText(change), { ...change });
  };
  await pushToZabbix({ settings: settings.zabbix, monitor, clock, onChange }, stack);
}
