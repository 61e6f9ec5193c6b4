/**
 * A program that owns a data directory, as others see it: operations for the command line, a socket for processes that
 * attach, and listeners where the program asks for them. Invariant: users, permissions and the AMQP server are loaded
 * when somebody first needs them, never by opening a directory.
 */
import { hostname } from 'node:os';
import type { Access, AuditEntry } from '../access/index.js';
import type { Remedies, RemedySettings } from '../alerts/index.js';
import type { Broker, BrokerLog } from '../broker/index.js';
import { programGovernance, type GovernanceSettings } from '../config/index.js';
import type { BoundOperations, DirectoryClaim } from '../control/index.js';
import type { ApiParts, HttpSource, Sessions, SessionSettings } from '../http/index.js';
import { messageOf, SluiceError, systemRandom, type Clock, type Disk } from '../kernel/index.js';
import type { AmqpServer, Logger } from '../protocols/amqp/index.js';
import { listenAddresses } from './addresses.js';
import { apiParts } from './api-parts.js';
import { AttachPoint } from './attach-point.js';
import { connectionsOf } from './connections.js';
import { embeddedControl } from './embedded-control.js';
import { startListening, type ListenerPlan } from './listening.js';
import type { GovernanceLog } from './governance-log.js';
import type { Governance } from './start-governance.js';
import type { Redrives } from '../operations/index.js';
import type { OtlpSettings } from '../telemetry/index.js';
import { StopStack } from './stop-stack.js';

/** Ports to listen on, on this machine's loopback addresses; 0: any free one. */
export interface HostedPorts {
  readonly amqp?: number | undefined;
  readonly http?: number | undefined;
  /** How long browsers stay signed in; left out: as by default. */
  readonly session?: Partial<SessionSettings> | undefined;
  /** What is measured, and who hears of it; undefined: nothing, but for an HTTP side's sake. */
  readonly governance?: GovernanceSettings | undefined;
  /** Where what is measured goes besides. */
  readonly otlp?: OtlpSettings | undefined;
}

/** What the owner brings. */
export interface OwnedParts {
  readonly directory: string;
  readonly claim: Pick<DirectoryClaim, 'listen'>;
  readonly broker: Broker;
  readonly disk: Disk;
  readonly clock: Clock;
  /** The release of Sluice. */
  readonly version: string;
  /** When it came to own the directory, in milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly log: BrokerLog;
}

/** Listens on what was asked for. Rejects with 'port-taken' and the others of listening; nothing is open then. */
export async function startEmbeddedHost(parts: OwnedParts, wanted: HostedPorts): Promise<EmbeddedHost> {
  const host = new EmbeddedHost(parts, wanted);
  try {
    await host.listen();
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

export class EmbeddedHost {
  readonly #parts: OwnedParts;
  readonly #wanted: HostedPorts;
  readonly #stack: StopStack;
  readonly #ports: Record<string, number> = {};
  readonly #addresses = new Set<string>();
  readonly #attachPoint: AttachPoint;
  #access: Promise<Access> | undefined;
  #amqp: Promise<AmqpServer> | undefined;
  #openAmqp: AmqpServer | undefined;
  #apiParts: Promise<ApiParts> | undefined;
  #operations: Promise<BoundOperations> | undefined;
  readonly #connections = connectionsOf(() => this.#openAmqp);
  #governance: Governance | undefined;
  /** There before the first request is. */
  #sessions: Sessions | undefined;
  #redrives: Redrives | undefined;
  #redrivesOpening: Promise<Redrives> | undefined;
  #remedies: Remedies | undefined;
  #isStopping = false;

  /** See `startEmbeddedHost`. */
  constructor(parts: OwnedParts, wanted: HostedPorts) {
    this.#parts = parts;
    this.#wanted = wanted;
    this.#stack = new StopStack((part, error) => {
      parts.log('host.stop-failed', { part, error: messageOf(error) });
    });
    this.#attachPoint = new AttachPoint(parts.claim, () => this.#amqpServer());
  }

  /** The port of each protocol that listens. */
  get ports(): Readonly<Record<string, number>> {
    return this.#ports;
  }

  /** Opens the listeners that were asked for. */
  async listen(): Promise<void> {
    const { http, otlp, governance } = this.#wanted;
    if (governance !== undefined || http !== undefined || otlp?.metrics === true)
      await this.#govern(
        governance ?? (await programGovernance({ monitor: { enabled: http !== undefined } }, '.')),
      );
    if (this.#wanted.http !== undefined) await this.#startHttp(this.#wanted.http);
    if (this.#wanted.amqp !== undefined) await this.#amqpServer();
  }

  /** What the control socket offers. */
  operations(): Promise<BoundOperations> {
    return (this.#operations ??= this.#bindOperations());
  }

  /** Says goodbye to everyone and closes what was opened. Safe to call twice. */
  async stop(): Promise<void> {
    // What is being opened is on the stack only when it is there.
    this.#isStopping = true;
    await Promise.allSettled([this.#operations, this.#access, this.#amqp]);
    await this.#stack.unwind();
  }

  async #bindOperations(): Promise<BoundOperations> {
    const { bindOperations } = await import('../operations/index.js');
    await this.#amqpServer();
    const { services } = await this.#openParts();
    const actor = { identity: services.access.operator, source: 'control socket' };
    return new Map([...bindOperations({ ...services, actor }), this.#attachPoint.operation]);
  }

  #openParts(): Promise<ApiParts> {
    return (this.#apiParts ??= this.#makeParts());
  }

  async #makeParts(): Promise<ApiParts> {
    const { directory, broker, disk, clock, version, sinceMs } = this.#parts;
    const { MessageTracer } = await import('../operations/index.js');
    const server = embeddedControl({
      directory,
      broker,
      disk,
      version,
      sinceMs,
      ports: () => this.#ports,
      addresses: () => [...this.#addresses],
    });
    const [access, redrives] = await Promise.all([this.#openAccess(), this.#openRedrives()]);
    const services = {
      ...{ access, redrives },
      connections: this.#connections,
      sessions: this.#sessions,
      server,
      ...(this.#governance ?? { monitor: undefined, figures: undefined }),
      remedies: this.#remedies,
      tracer: new MessageTracer({ directory, disk, broker }),
    };
    return apiParts({ directory, broker, clock, services });
  }

  #openRedrives(): Promise<Redrives> {
    return (this.#redrivesOpening ??= this.#makeRedrives());
  }

  async #makeRedrives(): Promise<Redrives> {
    const { broker, clock } = this.#parts;
    const { endsInAudit, Redrives } = await import('../operations/index.js');
    const { audit } = await this.#openAccess();
    const redrives = new Redrives({
      ...{ broker, clock, random: systemRandom() },
      ended: endsInAudit(audit),
    });
    this.#redrives = redrives;
    this.#stack.push('redrives', () => {
      redrives.close();
    });
    return redrives;
  }

  /** Undefined where nothing is measured: nobody could tell whether they help. */
  async #startRemedies(settings: RemedySettings): Promise<Remedies | undefined> {
    const { log, directory, broker, disk, clock } = this.#parts;
    const { figures, monitor, alerts } = this.#governance ?? {};
    if (figures === undefined) return undefined;
    const { startRemedies } = await import('./start-remedies.js');
    const onProblem = (problem: string): void => {
      log('remedies.problem', { problem });
    };
    const parts = {
      ...{ directory, broker, disk, clock, figures, monitor, alerts, settings, onProblem },
      connections: this.#connections,
      redrives: () => this.#openRedrives(),
      tasks: async () => (await this.#openParts()).tasks(),
      // The first that is done opens what users and the audit log need.
      record: (step: AuditEntry) => {
        this.#openAccess().then(
          ({ audit }) => {
            audit.record(step);
          },
          (error: unknown) => {
            onProblem(`a remedy is not in the audit log: ${messageOf(error)}`);
          },
        );
      },
    };
    return startRemedies(parts, this.#stack);
  }

  async #govern(settings: GovernanceSettings): Promise<void> {
    const { startGovernance } = await import('./start-governance.js');
    const { hostedNotifier } = await import('./hosted-notifier.js');
    const { directory, disk, clock, version, log: events } = this.#parts;
    const log: GovernanceLog = (_level, event, message, facts) => {
      events(event, { ...facts, message });
    };
    const notifier = await hostedNotifier(
      {
        ...{ settings: settings.alerts, directory, disk, clock, version },
        ...{ environment: process.env, secretsDirectory: process.cwd(), log },
      },
      this.#stack,
    );
    const { services } = await startGovernance(
      {
        ...this.#parts,
        ...{ settings, notifier, log },
        connections: this.#connections,
        sessions: () => this.#sessions?.count,
        redriven: () => this.#redrives?.sent,
        limits: () => ({ memoryBytes: undefined, diskFreeBytes: undefined }),
        otlp: this.#wanted.otlp,
      },
      this.#stack,
    );
    this.#governance = services;
    this.#remedies = await this.#startRemedies(settings.alerts.remedies);
  }

  #openAccess(): Promise<Access> {
    if (this.#isStopping)
      return Promise.reject(new SluiceError('closed', 'the owner stops', { retryable: true }));
    return (this.#access ??= this.#makeAccess());
  }

  async #makeAccess(): Promise<Access> {
    const { accessSettings, openAccess } = await import('../access/index.js');
    const { directory, disk, clock } = this.#parts;
    const settings = accessSettings.parse({});
    const access = await openAccess({ directory, disk, clock, random: systemRandom(), settings });
    this.#stack.push('access', () => access.close());
    return access;
  }

  #amqpServer(): Promise<AmqpServer> {
    return (this.#amqp ??= this.#startAmqp());
  }

  async #startAmqp(): Promise<AmqpServer> {
    const { amqpSettings, AmqpServer } = await import('../protocols/amqp/index.js');
    const access = await this.#openAccess();
    const { broker, clock, version, log } = this.#parts;
    const amqp = await this.#listening('amqp', this.#wanted.amqp ?? 'off', async (listeners) => {
      const server = new AmqpServer({
        broker,
        access,
        settings: amqpSettings.parse({}),
        clock,
        logger: loggerInto(log),
        listeners,
        version,
        clusterName: `sluice@${hostname()}`,
      });
      await server.start();
      for (const [index, { host }] of listeners.entries()) this.#note('amqp', host, server.ports[index]!);
      return server;
    });
    this.#stack.push('AMQP', () => amqp.stop());
    this.#openAmqp = amqp;
    return amqp;
  }

  async #startHttp(port: number): Promise<void> {
    const { startHttp, Sessions } = await import('../http/index.js');
    const { clock, version, log } = this.#parts;
    const settings = this.#wanted.session ?? {};
    const sessions = new Sessions({ clock, random: systemRandom(), settings });
    this.#sessions = sessions;
    const source: HttpSource = {
      clock,
      sessions,
      version,
      settings: { names: [], openMetrics: 'loopback' },
      readiness: () => (this.#isStopping ? { ready: false, reason: 'stopping' } : { ready: true }),
      parts: () => (this.#isStopping ? Promise.resolve(undefined) : this.#openParts()),
      failed: (error: unknown) => {
        log('http.failed', { error: messageOf(error) });
      },
    };
    const http = await this.#listening('http', port, (listeners) => startHttp(listeners, source));
    for (const listener of http.listeners) this.#note('http', listener.host, listener.port);
    this.#stack.push('HTTP', () => http.stop());
  }

  async #listening<Started>(
    protocol: 'amqp' | 'http',
    port: number | 'off',
    start: (plans: readonly ListenerPlan[]) => Promise<Started>,
  ): Promise<Started> {
    const addresses = await listenAddresses(['localhost']);
    const advice = `Choose another with open({ ${protocol}: PORT }) (0: any free one).`;
    const flags = { plain: protocol, encrypted: `${protocol}s` };
    return startListening({ port, tlsPort: 'off', flags, addresses, tls: undefined, advice }, start);
  }

  #note(protocol: string, host: string, port: number): void {
    this.#ports[protocol] = port;
    this.#addresses.add(host);
  }
}

/** The AMQP server's lines, as the program's own log takes them. */
function loggerInto(log: BrokerLog): Logger {
  const line = (fields: Readonly<Record<string, unknown>>): void => {
    log(String(fields['event']), fields);
  };
  return { debug: line, info: line, warn: line, error: line };
}
