/** Connects to a server and finds out what it is. */
import { systemClock, systemRandom, type Clock } from '../../kernel/index.js';
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
  const connection = new ServerConnection({ url, clock, random, name });
  await connection.open();
  const { product = '', version = '' } = connection.model?.connection.serverProperties ?? {};
  return new RabbitmqEngine(connection, addressOf(url), { product, version }, clock, random);
}

/** The URL without user, password and query. */
function addressOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
