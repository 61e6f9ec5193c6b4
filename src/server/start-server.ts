/**
 * The composition root: makes every part of a server and connects them, in an order in which each finds what it
 * needs. `startServer` reads as the boot order; stopping is its reverse.
 */
import { openAccess, type Access } from '../access/index.js';
import { openBroker, type Broker } from '../broker/index.js';
import { sluiceVersion } from '../config/index.js';
import { claimDirectory, ControlServer, type DirectoryClaim } from '../control/index.js';
import { systemClock, systemDisk, systemRandom } from '../kernel/index.js';
import {
  bindEarlyOperations,
  bindOperations,
  endsInAudit,
  MessageTracer,
  Redrives,
  reloadFor,
  type ReloadOutcome,
} from '../operations/index.js';
import { apiParts, AttachPoint, connectionsOf, listenAddresses, StopStack } from '../hosting/index.js';
import type { Boot, StartOptions } from './boot.js';
import { brokerLog } from './broker-log.js';
import { govern, notifierOf } from './govern.js';
import { Reloader } from './reload.js';
import { remediesOf } from './remedies.js';
import { memoryLimitBytes, ResourceWatch } from './resource-watch.js';
import { checkAmqpPorts, loadCertificates, serveAmqp, serveHttp } from './serve-protocols.js';
import { ServerState } from './server-state.js';

/** A server that accepts on every listener. */
export interface RunningServer {
  readonly state: ServerState;
  /** True while nobody can sign in but `guest` from this machine. */
  readonly isGuestOnly: boolean;
  /** Reads the configuration again, as SIGHUP asks. Rejects with 'config-invalid', in which case nothing changed. */
  hangUp(): Promise<ReloadOutcome>;
  /** Drains and stops. Safe to call twice. */
  stop(): Promise<void>;
}

interface Owned {
  readonly claim: DirectoryClaim;
  readonly control: ControlServer;
}

/** Rejects with a `SluiceError`; everything that was opened is closed again then. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const boot = await prepare(options);
  try {
    const { claim, control } = await ownDirectory(boot);
    const tls = await loadCertificates(boot);
    boot.state.tls = tls;
    await checkAmqpPorts(boot, tls);
    const sessions = await serveHttp(boot, tls);
    const access = await openUsers(boot);
    const notifier = await notifierOf(boot);
    const broker = await recoverBroker(boot);
    const watch = await watchResources(boot, broker);
    const amqp = await serveAmqp(boot, { broker, access, tls });
    const actor = { identity: access.operator, source: 'control socket' };
    const connections = connectionsOf(() => amqp);
    const attachPoint = new AttachPoint(claim, () => Promise.resolve(amqp));
    const redrives = new Redrives({
      ...{ broker, clock: boot.clock, random: systemRandom() },
      ended: endsInAudit(access.audit),
    });
    const governed = await govern(boot, {
      ...{ broker, connections, watch, notifier },
      sessions: () => sessions?.count,
      redriven: () => redrives.sent,
    });
    const { services: governance } = governed;
    const remedies = await remediesOf(boot, { broker, connections, access, redrives, ...governance });
    const reloader = new Reloader({ ...boot, tls, watch, governed, remedies }, options.settings);
    boot.stack.push('reloading', () => reloader.stop());
    boot.state.reloader = reloader;
    const directory = boot.settings.data;
    const tracer = new MessageTracer({ directory, disk: boot.disk, broker });
    boot.stack.push('redrives', () => {
      redrives.close();
    });
    const parts = apiParts({
      directory,
      broker,
      clock: boot.clock,
      services: {
        ...{ access, connections, sessions, server: boot.state, ...governance, remedies, tracer, redrives },
      },
    });
    const operations = new Map([...bindOperations({ ...parts.services, actor }), attachPoint.operation]);
    boot.state.parts = parts;
    control.ready(() => operations);
    boot.state.state = 'ready';
    const server = boot.state;
    const hangUp = { server, access, actor: { ...actor, source: 'SIGHUP' } };
    return { ...running(boot, control, access), hangUp: () => reloadFor(hangUp) };
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
    disk: options.disk ?? systemDisk(),
    state: new ServerState(settings, configFile, clock, onStopRequest),
    stack: new StopStack((name, error) => {
      log.error({ event: 'server.stop-failed', part: name, err: error }, `Stopping ${name} failed`);
    }),
    addresses: await listenAddresses(settings.host),
  };
}

function running(boot: Boot, control: ControlServer, access: Access): Omit<RunningServer, 'hangUp'> {
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

async function ownDirectory({ settings, clock, state, stack, log }: Boot): Promise<Owned> {
  const claim = await claimDirectory(settings.data, clock);
  stack.push('the claim on the data directory', () => claim.release());
  const control = new ControlServer({
    claim,
    clock,
    version: sluiceVersion(),
    early: bindEarlyOperations(state),
    failed: (operation, error) => {
      log.error({ event: 'control.operation-failed', operation, err: error }, `${operation} failed`);
    },
  });
  stack.push('the control socket', () => {
    control.close();
  });
  return { claim, control };
}

async function openUsers({ settings, disk, clock, stack, log }: Boot): Promise<Access> {
  const access = await openAccess({
    directory: settings.data,
    disk,
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

async function recoverBroker({ settings, disk, clock, state, stack, log, onFailure }: Boot): Promise<Broker> {
  const { consumerTimeout } = settings.limits;
  const broker = await openBroker({
    directory: settings.data,
    disk,
    clock,
    random: systemRandom(),
    settings: {
      transientQueues: settings.queues.transient,
      eta: settings.queues.eta,
      consumerTimeoutMs: consumerTimeout === 0 ? Number.MAX_SAFE_INTEGER : consumerTimeout,
      snapshotEveryBytes: settings.journal.snapshotEvery,
      recordCountMax: settings.limits.records,
      measures: settings.monitor.enabled,
    },
    onFailure,
    log: brokerLog(log),
  });
  state.broker = broker;
  stack.push('the broker', () => broker.close());
  return broker;
}

async function watchResources(boot: Boot, broker: Broker): Promise<ResourceWatch> {
  const { settings, disk, clock, log, state, stack } = boot;
  const watch = new ResourceWatch({
    directory: settings.data,
    disk,
    clock,
    log,
    limits: {
      memoryBytes: memoryLimitBytes(settings.limits.memory),
      diskFreeBytes: settings.limits.diskFree,
    },
    setAlarm: (alarm, raised) => {
      const isStillFull = alarm === 'disk' && broker.journal.space !== 'ok';
      broker.setAlarm(alarm, raised || isStillFull);
    },
  });
  state.watch = watch;
  stack.push('the watch on memory and disk', () => watch.stop());
  await watch.start();
  return watch;
}
