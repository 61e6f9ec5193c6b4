/** What a server knows of itself while it starts, runs and stops; the answers to `status` come from here. */
import type { TlsMaterial } from '../access/index.js';
import type { Broker } from '../broker/index.js';
import { sluiceVersion, type Settings } from '../config/index.js';
import type { ServerState as State } from '../control/index.js';
import type { ApiParts } from '../http/index.js';
import type { ReloadOutcome, ServerControl, ServerStatus } from '../operations/index.js';
import { SluiceError, type Clock } from '../kernel/index.js';
import type { Reloader } from './reload.js';
import { memoryLimitBytes, type ResourceWatch } from './resource-watch.js';

/** A socket that listens. */
export interface OpenListener {
  readonly protocol: 'amqp' | 'amqps' | 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** Filled in as the parts of the server come to be. */
export class ServerState implements ServerControl {
  readonly #settings: Settings;
  readonly #configFile: string | undefined;
  /** Unix ms. */
  readonly sinceMs: number;
  readonly #onStopRequest: (reason: string) => void;
  readonly listeners: OpenListener[] = [];
  state: State = 'starting';
  broker: Broker | undefined;
  watch: ResourceWatch | undefined;
  reloader: Reloader | undefined;
  /** What the encrypted listeners show. */
  tls: TlsMaterial | undefined;
  /** What the HTTP API works on. */
  parts: ApiParts | undefined;

  constructor(
    settings: Settings,
    configFile: string | undefined,
    clock: Clock,
    onStopRequest: (reason: string) => void,
  ) {
    this.#settings = settings;
    this.#configFile = configFile;
    this.sinceMs = clock.now();
    this.#onStopRequest = onStopRequest;
  }

  /** The port of each protocol that listens. */
  get ports(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.listeners.map(({ protocol, port }) => [protocol, port]));
  }

  status(): ServerStatus {
    const readings = this.watch?.readings;
    return {
      version: sluiceVersion(),
      pid: process.pid,
      state: this.state,
      sinceMs: this.sinceMs,
      directory: this.#settings.data,
      configFile: this.#configFile,
      ports: this.ports,
      addresses: [...new Set(this.listeners.map(({ host }) => host))],
      residentBytes: readings?.residentBytes ?? process.memoryUsage.rss(),
      memoryLimitBytes: this.watch?.limits.memoryBytes ?? memoryLimitBytes(this.#settings.limits.memory),
      diskFreeBytes: readings?.diskFreeBytes,
      diskFreeLimitBytes: this.watch?.limits.diskFreeBytes ?? this.#settings.limits.diskFree,
      ...(this.tls === undefined ? {} : { certificateExpiresMs: this.tls.certificate.expiresAtMs }),
      alarms: [...(this.broker?.alarms ?? [])],
    };
  }

  stop(reason: string): void {
    // The caller's answer leaves first: a server that is still starting ends at once.
    setImmediate(this.#onStopRequest, reason);
  }

  reload(): Promise<ReloadOutcome> {
    if (this.reloader !== undefined) return this.reloader.reload();
    return Promise.reject(new SluiceError('closed', 'the server is still starting', { retryable: true }));
  }
}
