/**
 * One case of the exam: names of its own, connections that are closed after it, and the server's release,
 * for what RabbitMQ's releases do differently.
 */
import { expect, test } from 'vitest';
import type { BrokerServer } from '../support/server.mjs';
import type { RawChannel } from './wire/raw-channel.js';
import { RawConnection, type OpenOptions } from './wire/raw-connection.js';

/** A channel whose connection can be reached. */
export type Channel = RawChannel<RawConnection>;

let trials = 0;

export class Trial {
  readonly server: BrokerServer;
  readonly #number = ++trials;
  readonly #connections: RawConnection[] = [];
  #names = 0;

  constructor(server: BrokerServer) {
    this.server = server;
  }

  /** A name that nothing else uses. */
  name(): string {
    return `conformance.${this.#number}.${++this.#names}`;
  }

  /** A socket on which nothing was said yet. */
  async socket(): Promise<RawConnection> {
    const connection = await RawConnection.connect(this.server);
    this.#connections.push(connection);
    return connection;
  }

  /** A signed-in connection. */
  async connection(options?: OpenOptions): Promise<RawConnection> {
    const connection = await RawConnection.open(this.server, options);
    this.#connections.push(connection);
    return connection;
  }

  /** A channel on a connection of its own. */
  async channel(options?: OpenOptions): Promise<Channel> {
    return (await this.connection(options)).channel();
  }

  /** A channel in confirm mode on a connection of its own. */
  async confirming(): Promise<Channel> {
    const channel = await this.channel();
    await channel.call('confirm.select');
    return channel;
  }

  /**
   * The server must close the connection with one of `codes`. RabbitMQ drops the socket without a word in
   * some of these cases, where the specification asks for a close: `silentRabbit` allows that to it alone.
   */
  async closedWith(connection: RawConnection, codes: readonly number[], silentRabbit = false): Promise<void> {
    if (silentRabbit && this.server.kind === 'rabbitmq') {
      await connection.ended;
      return;
    }
    const { code } = await connection.closed();
    expect(codes).toContain(code);
  }

  end(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

/** Which servers a case is for; all when left out. */
export interface Scope {
  /** RabbitMQ's release from which on it behaves so. Sluice follows the newest. */
  readonly from?: string;
  /** RabbitMQ's release from which on it no longer does, though Sluice still does. */
  readonly until?: string;
  /** Beyond RabbitMQ: examined on Sluice alone. */
  readonly sluiceOnly?: boolean;
}

/** Reads the server of the running exam. */
export type Server = () => BrokerServer;

/** True when release `a` is `b` or newer. */
export function isAtLeast(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < right.length; i++) {
    const difference = (left[i] ?? 0) - right[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function outOfScope(server: BrokerServer, scope: Scope): string | undefined {
  if (server.kind === 'sluice') return undefined;
  if (scope.sluiceOnly === true) return 'beyond RabbitMQ';
  if (scope.from !== undefined && !isAtLeast(server.version, scope.from)) {
    return `RabbitMQ behaves so from ${scope.from}`;
  }
  if (scope.until !== undefined && isAtLeast(server.version, scope.until)) {
    return `RabbitMQ no longer does from ${scope.until}`;
  }
  return undefined;
}

/** Registers one case. */
export function behaviour(
  server: Server,
  name: string,
  run: (trial: Trial) => Promise<void>,
  scope: Scope = {},
): void {
  test(name, async (context) => {
    const reason = outOfScope(server(), scope);
    if (reason !== undefined) context.skip(reason);
    const trial = new Trial(server());
    try {
      await run(trial);
    } finally {
      trial.end();
    }
  });
}
