/**
 * Re-reads the configuration of a running server. Everything is validated before anything changes; what cannot
 * change without a restart is named and stays as it was.
 */
import type { TlsMaterial } from '../access/index.js';
import type { Remedies } from '../alerts/index.js';
import {
  compareSettings,
  loadSettings,
  placedProblem,
  takeOver,
  type LoadedSettings,
  type Settings,
  type SettingSources,
} from '../config/index.js';
import type { Governed } from '../hosting/index.js';
import { SluiceError } from '../kernel/index.js';
import type { ReloadOutcome } from '../operations/index.js';
import type { ServerLog } from './log.js';
import { memoryLimitBytes, type ResourceWatch } from './resource-watch.js';

/** What a reload works on. */
export interface ReloadTarget {
  readonly sources: SettingSources;
  readonly tls: TlsMaterial | undefined;
  readonly watch: Pick<ResourceWatch, 'setLimits'>;
  readonly governed: Pick<Governed, 'prepare'>;
  readonly remedies: Pick<Remedies, 'configure'> | undefined;
  readonly log: ServerLog;
}

/** Keeps the settings in force; one reload at a time. */
export class Reloader {
  readonly #target: ReloadTarget;
  #running: Settings;
  #last: Promise<unknown> = Promise.resolve();
  #isStopped = false;

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

  /** Resolves when no reload is under way, and none will be. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#last;
  }

  async #reload(): Promise<ReloadOutcome> {
    if (this.#isStopped) throw new SluiceError('closed', 'the server stops');
    const { sources, log, watch, remedies } = this.#target;
    const loaded = await loadSettings(sources);
    const changes = compareSettings(this.#running, loaded.settings);
    const next = takeOver(this.#running, loaded.settings);
    const governance = await this.#prepare(next, loaded);
    // The last that may be refused, as what is read is in force at once.
    const certificates = await this.#readCertificates();
    this.#running = next;
    const { memory, diskFree } = next.limits;
    watch.setLimits({ memoryBytes: memoryLimitBytes(memory), diskFreeBytes: diskFree });
    log.setLevel(next.log.level);
    remedies?.configure(next.alerts.remedies);
    await governance.apply();
    const { applied, needRestart } = changes;
    log.info({ event: 'server.reloaded', applied, needRestart }, 'The configuration was read again');
    return { ...changes, certificates };
  }

  async #prepare(settings: Settings, loaded: LoadedSettings): ReturnType<Governed['prepare']> {
    try {
      return await this.#target.governed.prepare({ settings, otlp: settings.telemetry.otlp });
    } catch (problem) {
      throw placedProblem(problem, loaded);
    }
  }

  /** False: there are none. */
  async #readCertificates(): Promise<boolean> {
    const { tls, log } = this.#target;
    const certificates = await tls?.reload();
    if (certificates?.ok === false) throw certificates.problem;
    for (const warning of certificates?.certificate.warnings ?? []) {
      log.warn({ event: 'tls.warning' }, warning);
    }
    return certificates !== undefined;
  }
}
