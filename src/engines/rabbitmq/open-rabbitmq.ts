/** Connects to a server and finds out what it is. */
import { systemClock, systemRandom, type Clock, type Random } from '../../kernel/index.js';
import { RabbitmqEngine } from './rabbitmq-engine.js';
import { ServerConnection } from './server-connection.js';

export interface RabbitmqOptions {
  /** The name of the connection, as the server lists it; `sluice PID` unless said otherwise. */
  readonly name?: string;
  readonly clock?: Clock;
}

/** Rejects with `connection-failed`, `access-refused`, or `not-found` for an unknown virtual host. */
export async function openRabbitmq(url: string, options: RabbitmqOptions = {}): Promise<RabbitmqEngine> {
  const clock = options.clock ?? systemClock();
  const random = systemRandom();
  const name = options.name ?? `sluice ${process.pid}`;
  return connected(new ServerConnection({ server: url, clock, random, name }), addressOf(url), clock, random);
}

/** A Sluice server's or owner's socket on this machine. */
export interface LocalOptions {
  readonly socketPath: string;
  /** What the engine is called: the data directory. */
  readonly address: string;
  readonly name?: string | undefined;
  readonly clock: Clock;
  /** The connection is gone, and stays so. Calls under way reject with `connection-failed`. */
  readonly onLost: () => void;
}

/** As `openRabbitmq`, through a socket whose permissions are the sign-in; a lost connection is not opened again. */
export async function openLocal(options: LocalOptions): Promise<RabbitmqEngine> {
  const { socketPath, address, clock, onLost, name = `sluice ${process.pid}` } = options;
  const random = systemRandom();
  const connection = new ServerConnection({ server: { socketPath }, clock, random, name });
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

/** The URL without user, password and query. */
function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
