/** What the tests and benchmarks know of a started broker, whichever it is. */
export interface BrokerServer {
  readonly kind: 'sluice' | 'rabbitmq';
  /** The release, as its `server-properties` announce it. */
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly ports: { readonly amqp: number; readonly http?: number };
  /** Where its data lives; survives `kill` and `restart`, removed by `stop`. */
  readonly directory: string;
  readonly url: string;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same data directory and, for RabbitMQ, the same ports. */
  restart(): Promise<void>;
  /** A polite end (SIGTERM) that keeps the data. */
  terminate(): Promise<void>;
  /** Ends it and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** The last of what the server printed. */
  log(): string;
}

/** A user to exist from the start. */
export interface ServerUser {
  readonly name: string;
  readonly password: string;
  readonly virtualHost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** Options of `startSluice` and `startRabbit`. */
export interface ServerOptions {
  readonly users?: readonly ServerUser[];
  /** Virtual hosts besides `/`. */
  readonly virtualHosts?: readonly string[];
  /** Sluice: further flags of `sluice up`. */
  readonly flags?: readonly string[];
  /** RabbitMQ: further lines of `rabbitmq.conf`; a small limit of free disk unless given. */
  readonly configuration?: readonly string[];
  /** RabbitMQ: its `advanced.config`, Erlang terms. */
  readonly advanced?: string;
}
