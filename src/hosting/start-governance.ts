/**
 * Puts a broker under governance: figures, probes, engines beside it, where figures are sent, rules and who hears of
 * incidents. Invariant: a server and a program start it here alike, from the same settings; what cannot be measured or
 * sent keeps neither from starting.
 */
import type { Alerts, Notifier } from '../alerts/index.js';
import type { GovernanceSettings } from '../config/index.js';
import type { Monitor, ObservedEngine, Prober, ProbeSettings } from '../monitor/index.js';
import type { PushChange, ZabbixSettings } from '../monitor/zabbix/index.js';
import { ownEngine, type Engines, type Services } from '../operations/index.js';
import type { OtlpSettings } from '../telemetry/index.js';
import { ConfiguredParts, type ConfiguredPart, type ConfiguredPartsOptions } from './configured-parts.js';
import { problemsInto, type GovernanceLog } from './governance-log.js';
import type { MeasuredBeside } from './measure-beside.js';
import { pushChangeText, pushToZabbix } from './push-to-zabbix.js';
import { startAlerts } from './start-alerts.js';
import { startMonitor, type MonitoredParts, type MonitorServices } from './start-monitor.js';
import type { StopStack } from './stop-stack.js';

/** What governance goes by. */
export interface GovernedSettings {
  readonly settings: GovernanceSettings;
  /** Where metrics go besides; undefined: nowhere. */
  readonly otlp: OtlpSettings | undefined;
}

export interface GovernedParts
  extends GovernedSettings, Omit<MonitoredParts, 'history' | 'onProblem' | 'probe'> {
  readonly notifier: Notifier;
  readonly log: GovernanceLog;
}

/** What services have of it. */
export type Governance = MonitorServices &
  Pick<Services, 'owners' | 'engines'> & { readonly notifier: Notifier; readonly alerts: Alerts | undefined };

/** Governance that can go on under other settings. */
export interface Governed {
  readonly services: Governance;
  /**
   * Looks at other settings whole; whether figures are kept stays as it was. Rejects with 'config-invalid', and nothing
   * changes before `apply`, which puts them in force and resolves when what they end has ended.
   */
  prepare(next: GovernedSettings): Promise<{ apply(): Promise<void> }>;
}

/** Starts it; `stack` stops it. Rejects with the system's error where notifications cannot be kept. */
export async function startGovernance(parts: GovernedParts, stack: StopStack): Promise<Governed> {
  const { notifier, clock, log } = parts;
  let { owners, engines } = parts.settings;
  const { services, follow } = await measure(parts, stack);
  const { monitor } = services;
  const alerts = await startAlerts(
    {
      ...{ ...parts, monitor, settings: parts.settings.alerts, onProblem: alertProblems(log) },
      hasEngine: (name) => Object.hasOwn(engines, name),
    },
    stack,
  );
  const { notifyOfIncidents, ReceiverSource } = await import('../alerts/index.js');
  if (alerts === undefined) await notifier.start();
  else await notifyOfIncidents(alerts, notifier);
  monitor.add(new ReceiverSource(() => notifier.receivers(), clock));
  return {
    services: { ...services, notifier, alerts, owners: () => owners },
    async prepare(next) {
      const notification = await notifier.prepare(next.settings.alerts);
      return {
        async apply() {
          ({ owners, engines } = next.settings);
          const ended = Promise.all([
            notification.apply(),
            alerts?.configure(next.settings.alerts),
            follow(next),
          ]);
          // Whoever is added while something is the matter hears of it.
          notifier.tellUnheard(alerts?.incidents() ?? []);
          await ended;
        },
      };
    },
  };
}

function alertProblems(log: GovernanceLog): (problem: string) => void {
  return problemsInto(log, 'alerts.problem', 'Alerts have a problem');
}

interface Measured {
  readonly services: MonitorServices & { readonly engines: Engines };
  /** Puts other settings in force. */
  readonly follow: (next: GovernedSettings) => Promise<unknown>;
}

async function measure(parts: GovernedParts, stack: StopStack): Promise<Measured> {
  const { log } = parts;
  const { enabled, history } = parts.settings.monitor;
  const onProblem = problemsInto(log, 'monitor.problem', 'Something could not be measured');
  const probes = ownProbes(parts, { onProblem });
  stack.push('probes of the own engine', () => probes.stop());
  const services = await startMonitor(
    {
      ...parts,
      probe: () => probes.get(ownEngine)?.figures,
      history: enabled ? { budgetBytes: history.budget, objectsMax: history.objects } : undefined,
      onProblem,
    },
    stack,
  );
  const { monitor } = services;
  const beside = enginesBeside(parts, monitor, { onProblem });
  const zabbix = zabbixPushes(parts, monitor, { onProblem });
  const metrics = metricsExports(parts, monitor, { onProblem });
  stack.push('engines beside', () => beside.stop());
  stack.push('sending to Zabbix', () => zabbix.stop());
  stack.push('metrics by OTLP', () => metrics.stop());
  const follow = ({ settings, otlp }: GovernedSettings): Promise<unknown> =>
    Promise.all([
      probes.configure(enabled ? named(ownEngine, settings.monitor.probe) : {}),
      beside.configure(settings.engines),
      zabbix.configure(named('zabbix', settings.zabbix)),
      metrics.configure(named('metrics by OTLP', otlp?.metrics === true && otlp)),
    ]);
  await follow(parts);
  const { embeddedCapabilities: capabilities } = await import('../engines/embedded/index.js');
  const engines = {
    capabilities,
    get beside() {
      return beside.all().map(({ engine }) => engine);
    },
  };
  return { services: { ...services, engines }, follow };
}

/** One part, where it is wanted. */
function named<Settings>(name: string, settings: Settings | false | undefined): Record<string, Settings> {
  return settings === undefined || settings === false ? {} : { [name]: settings };
}

type Problems = Pick<ConfiguredPartsOptions<never, never>, 'onProblem'>;

function ownProbes(parts: GovernedParts, { onProblem }: Problems) {
  const start = async (engine: string, probe: ProbeSettings): Promise<Prober> => {
    const { probeOwn } = await import('./probe-engines.js');
    return probeOwn(parts, engine, probe);
  };
  return new ConfiguredParts({ start, onProblem });
}

function enginesBeside(parts: GovernedParts, monitor: Monitor, { onProblem }: Problems) {
  const probes = parts.settings.monitor.enabled;
  const start = async (name: string, observed: ObservedEngine): Promise<MeasuredBeside> => {
    const { measureBeside } = await import('./measure-beside.js');
    return measureBeside({ ...parts, monitor, probes }, name, observed);
  };
  return new ConfiguredParts({ start, onProblem });
}

function zabbixPushes({ clock, log }: GovernedParts, monitor: Monitor, { onProblem }: Problems) {
  const onChange = (change: PushChange): void => {
    log(change.kind === 'working' ? 'info' : 'warn', 'zabbix.push', pushChangeText(change), { ...change });
  };
  const start = (_name: string, settings: ZabbixSettings): ReturnType<typeof pushToZabbix> =>
    pushToZabbix({ settings, monitor, clock, onChange });
  return new ConfiguredParts({ start, onProblem });
}

function metricsExports(parts: GovernedParts, monitor: Monitor, problems: Problems) {
  const { clock, version, sinceMs } = parts;
  const start = async (_name: string, otlp: OtlpSettings): Promise<ConfiguredPart<OtlpSettings>> => {
    const { startMetricsExport } = await import('../telemetry/index.js');
    const nowMs = (): number => clock.now();
    return { stop: await startMetricsExport({ monitor, otlp, version, sinceMs, nowMs, ...problems }) };
  };
  return new ConfiguredParts({ start, ...problems });
}
