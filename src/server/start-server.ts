/**
 * The composition root: makes every part of a server and connects them, in an order in which each finds what it
 * needs. `startServer` reads as the boot order; stopping is its reverse.
 */
import { hostname } from 'node:os';
import { openAccess, openTlsMaterial, type Access, type TlsMaterial } from '../access/index.js';
import { openBroker, type Broker } from '../broker/index.js';
import type { Settings, SettingSources } from '../config/index.js';
import { claimDirectory, ControlServer } from '../control/index.js';
import type { HttpServer } from '../http/index.js';
import { systemClock, systemDisk, systemRandom, type SluiceError } from '../kernel/index.js';
import { bindEarlyOperations, bindOperations } from '../operations/index.js';
import { amqpEvents, AmqpServer } from '../protocols/amqp/index.js';
import { listenAddresses } from './addresses.js';
import { brokerLog } from './broker-log.js';
import { connectionsOf } from './connections.js';
import { startListening } from './listening.js';
import type { Log, ServerLog } from './log.js';
import { Reloader } from './reload.js';
import { memoryLimitBytes, ResourceWatch } from './resource-watch.js';
import { ServerState, type OpenListener } from './server-state.js';
import { StopStack } from './stop-stack.js';
import { sluiceVersion } from './version.js';

export interface StartOptions {
  readonly settings: Settings;
  /** What the settings were made from; `reload` reads it again. */
  readonly sources: SettingSources;
  readonly configFile: string | undefined;
  readonly log: ServerLog;
  /** The disk has failed: nothing more will be durable, and the process must end with code 74. */
  readonly onFailure: (error: SluiceError) => void;
  /** An operator asks the server to stop. */
  readonly onStopRequest: (reason: string) => void;
}

/** A server that accepts on every listener. */
export interface RunningServer {
  readonly state: ServerState;
  /** True while nobody can sign in but `guest` from this machine. */
  readonly isGuestOnly: boolean;
  /** Drains and stops. Safe to call twice. */
  stop(): Promise<void>;
}

/** One start under way. */
interface Boot extends StartOptions {
  readonly clock: ReturnType<typeof systemClock>;
  readonly state: ServerState;
  readonly stack: StopStack;
  readonly addresses: readonly string[];
}

/** Rejects with a `SluiceError`; everything that was opened is closed again then. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const boot = await prepare(options);
  try {
    const control = await ownDirectory(boot);
    const tls = await loadCertificates(boot);
    await serveHttp(boot, tls);
    const access = await openUsers(boot);
    const broker = await recoverBroker(boot);
    const watch = await watchResources(boot, broker);
    const amqp = await serveAmqp(boot, { broker, access, tls });
    boot.state.reloader = new Reloader({ ...boot, tls, watch }, options.settings);
    const actor = { identity: access.operator, source: 'control socket' };
    const connections = connectionsOf(amqp);
    control.ready(bindOperations({ broker, access, actor, connections, server: boot.state }));
    boot.state.state = 'ready';
    return running(boot, control, access);
  } catch (error) {
    await boot.stack.unwind();
    throw error;
  }
}

async function prepare(options: StartOptions): Promise<Boot> {
  const clock = systemClock();
  const { settings, configFile, onStopRequest, log } = options;
  return {
    ...options,
    clock,
    state: new ServerState(settings, configFile, clock, onStopRequest),
    stack: new StopStack((name, error) => {
      log.error({ event: 'server.stop-failed', part: name, err: error }, `Stopping ${name} failed`);
    }),
    addresses: await listenAddresses(settings.host),
  };
}

function running(boot: Boot, control: ControlServer, access: Access): RunningServer {
  const users = access.listUsers();
  return {
    state: boot.state,
    isGuestOnly: users.every(({ name }) => boot.settings.access.loopbackUsers.includes(name)),
    stop() {
      boot.state.state = 'stopping';
      control.stopping();
      return boot.stack.unwind();
    },
  };
}

async function ownDirectory({ settings, clock, state, stack, log }: Boot): Promise<ControlServer> {
  const claim = await claimDirectory(settings.data, clock);
  stack.push('the claim on the data directory', () => claim.release());
  const control = new ControlServer({
    claim,
    clock,
    version: sluiceVersion,
    early: bindEarlyOperations(state),
    failed: (operation, error) => {
      log.error({ event: 'control.operation-failed', operation, err: error }, `${operation} failed`);
    },
  });
  stack.push('the control socket', () => {
    control.close();
  });
  return control;
}

async function loadCertificates({ settings, clock, log }: Boot): Promise<TlsMaterial | undefined> {
  if (settings.tls === undefined) return undefined;
  const tls = await openTlsMaterial(settings.tls, clock);
  for (const warning of tls.certificate.warnings) log.warn({ event: 'tls.warning' }, warning);
  return tls;
}

async function serveHttp(boot: Boot, tls: TlsMaterial | undefined): Promise<void> {
  const { port, tlsPort } = boot.settings.http;
  if (port === 'off' && (tls === undefined || tlsPort === 'off')) return;
  const { startHttp } = await import('../http/index.js');
  const source = {
    readiness: () =>
      boot.state.state === 'ready'
        ? ({ ready: true } as const)
        : ({ ready: false, reason: boot.state.state } as const),
    failed: (error: unknown) => {
      boot.log.error({ event: 'http.failed', err: error }, 'An HTTP request failed');
    },
  };
  const flags = { plain: 'http', encrypted: 'https' };
  const http: HttpServer = await startListening(
    { port, tlsPort, flags, addresses: boot.addresses, tls },
    (plans) => startHttp(plans, source),
  );
  boot.stack.push('HTTP', () => http.stop());
  noteListeners(boot, http.listeners, 'http', 'https');
}

function noteListeners(
  { state }: Boot,
  listeners: readonly { readonly host: string; readonly port: number; readonly isEncrypted: boolean }[],
  plain: OpenListener['protocol'],
  encrypted: OpenListener['protocol'],
): void {
  for (const { host, port, isEncrypted } of listeners) {
    state.listeners.push({ protocol: isEncrypted ? encrypted : plain, host, port });
  }
}

async function openUsers({ settings, clock, stack, log }: Boot): Promise<Access> {
  const access = await openAccess({
    directory: settings.data,
    disk: systemDisk(),
    clock,
    random: systemRandom(),
    settings: settings.access,
  });
  stack.push('access', () => access.close());
  if (settings.administrator === undefined) return access;
  const { name } = settings.administrator;
  const created = await access.ensureFirstUser(settings.administrator);
  log.info(
    { event: created ? 'access.first-user' : 'access.first-user-kept', user: name },
    created ? `The first user is ${name}` : 'Users exist already; no first user was made',
  );
  return access;
}

async function recoverBroker({ settings, clock, state, stack, log, onFailure }: Boot): Promise<Broker> {
  const { consumerTimeout } = settings.limits;
  const broker = await openBroker({
    directory: settings.data,
    disk: systemDisk(),
    clock,
    random: systemRandom(),
    settings: {
      transientQueues: settings.queues.transient,
      consumerTimeoutMs: consumerTimeout === 0 ? Number.MAX_SAFE_INTEGER : consumerTimeout,
      snapshotEveryBytes: settings.journal.snapshotEvery,
    },
    onFailure,
    log: brokerLog(log),
  });
  state.broker = broker;
  stack.push('the broker', () => broker.close());
  return broker;
}

async function watchResources(boot: Boot, broker: Broker): Promise<ResourceWatch> {
  const { settings, clock, log, state, stack } = boot;
  const watch = new ResourceWatch({
    directory: settings.data,
    disk: systemDisk(),
    clock,
    log,
    limits: {
      memoryBytes: memoryLimitBytes(settings.limits.memory),
      diskFreeBytes: settings.limits.diskFree,
    },
    setAlarm: (alarm, raised) => {
      broker.setAlarm(alarm, raised);
    },
  });
  state.watch = watch;
  stack.push('the watch on memory and disk', () => {
    watch.stop();
  });
  await watch.start();
  return watch;
}

/** Listening is told once, by the lines on standard output. */
function quietly(log: Log): Log {
  return {
    ...log,
    info: (fields, message) => {
      log[fields['event'] === amqpEvents.listening ? 'debug' : 'info'](fields, message);
    },
  };
}

async function serveAmqp(
  boot: Boot,
  parts: { readonly broker: Broker; readonly access: Access; readonly tls: TlsMaterial | undefined },
): Promise<AmqpServer> {
  const { settings, clock, log, addresses, stack } = boot;
  const { port, tlsPort, ...amqpSettings } = settings.amqp;
  const flags = { plain: 'amqp', encrypted: 'amqps' };
  const { broker, access, tls } = parts;
  const amqp = await startListening({ port, tlsPort, flags, addresses, tls }, async (listeners) => {
    const server = new AmqpServer({
      broker,
      access,
      settings: { ...amqpSettings, messageBytesMax: settings.limits.messageSize },
      clock,
      logger: quietly(log),
      listeners,
      version: sluiceVersion,
      clusterName: `sluice@${hostname()}`,
    });
    await server.start();
    const opened = listeners.map((plan, index) => ({
      host: plan.host,
      port: server.ports[index] ?? plan.port,
      isEncrypted: plan.tls !== undefined,
    }));
    noteListeners(boot, opened, 'amqp', 'amqps');
    return server;
  });
  stack.push('AMQP', () => amqp.stop());
  return amqp;
}
