/** Connects to a server and finds out what it is. */
import { systemClock, systemRandom, type Clock, type Random } from '../../kernel/index.js';
import { RabbitmqEngine } from './rabbitmq-engine.js';
import { ServerConnection, type LocalServer } from './server-connection.js';

export interface RabbitmqOptions {
  /** The name of the connection, as the server lists it; `sluice PID` unless said otherwise. */
  readonly name?: string;
  readonly clock?: Clock;
  /** How long the server waits for this process before others get what it holds; at least 2 s. */
  readonly leaseMs?: number | undefined;
}

/** Rejects with `connection-failed`, `access-refused`, or `not-found` for an unknown virtual host. */
export async function openRabbitmq(url: string, options: RabbitmqOptions = {}): Promise<RabbitmqEngine> {
  const clock = options.clock ?? systemClock();
  const random = systemRandom();
  const name = options.name ?? `sluice ${process.pid}`;
  const heartbeatSeconds = heartbeatOf(options.leaseMs);
  const connection = new ServerConnection({ server: url, clock, random, name, heartbeatSeconds });
  return connected(connection, addressOf(url), clock, random);
}

/** A Sluice server's or owner's socket on this machine. */
export interface LocalOptions extends LocalServer {
  /** What the engine is called: the data directory. */
  readonly address: string;
  readonly name?: string | undefined;
  readonly clock: Clock;
  /** As `RabbitmqOptions` has it; 2 minutes unless said otherwise. */
  readonly leaseMs?: number | undefined;
  /** The connection is gone, and stays so. Calls under way reject with `connection-failed`. */
  readonly onLost: () => void;
}

/** As `openRabbitmq`, through a socket whose permissions are the sign-in; a lost connection is not opened again. */
export async function openLocal(options: LocalOptions): Promise<RabbitmqEngine> {
  const { reach, address, clock, onLost, leaseMs, name = `sluice ${process.pid}` } = options;
  const random = systemRandom();
  const heartbeatSeconds = heartbeatOf(leaseMs);
  const connection = new ServerConnection({ server: { reach }, clock, random, name, heartbeatSeconds });
  connection.listen({ lost: onLost });
  return connected(connection, address, clock, random);
}

async function connected(
  connection: ServerConnection,
  address: string,
  clock: Clock,
  random: Random,
): Promise<RabbitmqEngine> {
  await connection.open();
  const { product = '', version = '' } = connection.model?.connection.serverProperties ?? {};
  return new RabbitmqEngine(connection, address, { product, version }, clock, random);
}

/** A peer is given up after two silent intervals, of whole seconds. */
function heartbeatOf(leaseMs: number | undefined): number | undefined {
  return leaseMs === undefined ? undefined : Math.max(1, Math.floor(leaseMs / 2_000));
}

/** The URL without user, password and query. */
function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
