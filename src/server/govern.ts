/** Puts the server under governance, as its settings say, and tells of it in the server's log. */
import { dirname } from 'node:path';
import type { Notifier } from '../alerts/index.js';
import type { Broker } from '../broker/index.js';
import { sluiceVersion } from '../config/index.js';
import { hostedNotifier, startGovernance, type Governed, type GovernanceLog } from '../hosting/index.js';
import type { Services } from '../operations/index.js';
import type { Boot } from './boot.js';
import type { Log } from './log.js';
import type { ResourceWatch } from './resource-watch.js';

interface Measured {
  readonly broker: Broker;
  readonly connections: Services['connections'];
  /** Browsers that are signed in. */
  readonly sessions: () => number | undefined;
  /** Dead letters that were sent back. */
  readonly redriven: () => number | undefined;
  readonly watch: ResourceWatch;
  readonly notifier: Notifier;
}

/** Rejects with 'config-invalid' where a secret of a receiver is not there. Nothing is sent until it is started. */
export function notifierOf(boot: Boot): Promise<Notifier> {
  const { settings, disk, clock, log, sources, configFile } = boot;
  const parts = {
    ...{ settings: settings.alerts, directory: settings.data, disk, clock, version: sluiceVersion() },
    secretsDirectory: configFile === undefined ? sources.workingDirectory : dirname(configFile),
    environment: sources.environment,
    log: governanceLog(log),
  };
  return hostedNotifier(parts, boot.stack);
}

/** What cannot be measured is logged. Rejects with the system's error where notifications cannot be kept. */
export function govern(boot: Boot, measured: Measured): Promise<Governed> {
  const { settings, disk, clock, state, log, stack } = boot;
  const { watch, ...parts } = measured;
  return startGovernance(
    {
      ...parts,
      ...{ settings, disk, clock, directory: settings.data, version: sluiceVersion() },
      sinceMs: state.sinceMs,
      limits: () => watch.limits,
      otlp: settings.telemetry.otlp,
      log: governanceLog(log),
    },
    stack,
  );
}

function governanceLog(log: Log): GovernanceLog {
  return (level, event, message, facts) => {
    log[level]({ event, ...facts }, message);
  };
}
