/**
 * Re-reads the configuration of a running server. Everything is validated before anything changes; what cannot
 * change without a restart is named and stays as it was.
 */
import type { TlsMaterial } from '../access/index.js';
import type { Alerts, Notifier } from '../alerts/index.js';
import { compareSettings, loadSettings, type Settings, type SettingSources } from '../config/index.js';
import type { ReloadOutcome } from '../operations/index.js';
import type { ServerLog } from './log.js';
import { memoryLimitBytes, type ResourceWatch } from './resource-watch.js';

/** What a reload works on. */
export interface ReloadTarget {
  readonly sources: SettingSources;
  readonly tls: TlsMaterial | undefined;
  readonly watch: ResourceWatch;
  readonly alerts: Pick<Alerts, 'configure'> | undefined;
  readonly notifier: Pick<Notifier, 'setRoutes'>;
  readonly log: ServerLog;
}

/** Keeps the settings in force; one reload at a time. */
export class Reloader {
  readonly #target: ReloadTarget;
  #running: Settings;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: ReloadTarget, running: Settings) {
    this.#target = target;
    this.#running = running;
  }

  /** Rejects with 'config-invalid', in which case nothing changed. */
  reload(): Promise<ReloadOutcome> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #reload(): Promise<ReloadOutcome> {
    const { sources, tls, log, watch, alerts, notifier } = this.#target;
    const { settings } = await loadSettings(sources);
    const changes = compareSettings(this.#running, settings);
    const certificates = await tls?.reload();
    if (certificates?.ok === false) throw certificates.problem;
    for (const warning of certificates?.certificate.warnings ?? []) {
      log.warn({ event: 'tls.warning' }, warning);
    }
    watch.setLimits({
      memoryBytes: memoryLimitBytes(settings.limits.memory),
      diskFreeBytes: settings.limits.diskFree,
    });
    log.setLevel(settings.log.level);
    alerts?.configure(settings.alerts);
    const routes = changes.applied.some((path) => path.startsWith('alerts.routes'))
      ? settings.alerts.routes
      : this.#running.alerts.routes;
    notifier.setRoutes(routes);
    const { memory, diskFree } = settings.limits;
    const { rules, without } = settings.alerts;
    this.#running = {
      ...this.#running,
      limits: { ...this.#running.limits, memory, diskFree },
      log: { ...this.#running.log, level: settings.log.level },
      alerts: { ...this.#running.alerts, rules, without, routes },
    };
    log.info(
      { event: 'server.reloaded', applied: changes.applied, needRestart: changes.needRestart },
      'The configuration was read again',
    );
    return { ...changes, certificates: certificates !== undefined };
  }
}
