/** What operations work on: the faces of the running server's parts, put together by the composition root. */
import type { Access, Actor } from '../access/index.js';
import type { Broker } from '../broker/index.js';
import type { Operation } from '../control/index.js';

/** A client connection as listed. */
export interface ConnectionRow {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly user: string;
  readonly vhost: string;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly encrypted: boolean;
  readonly state: string;
  readonly channels: number;
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** What the client said of itself, in short; never a secret. */
  readonly client: string;
}

/** The open connections of every protocol. */
export interface Connections {
  list(): readonly ConnectionRow[];
  /** False when there is no such connection. The peer is told the reason. */
  close(id: string, reason: string): boolean;
}

/** What `status` tells. */
export interface ServerStatus {
  readonly version: string;
  readonly pid: number;
  readonly state: 'starting' | 'ready' | 'stopping';
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly directory: string;
  readonly configFile: string | undefined;
  /** Ports by protocol: `amqp`, `amqps`, `http`, `https`; those that listen. */
  readonly ports: Readonly<Record<string, number>>;
  readonly addresses: readonly string[];
  readonly residentBytes: number;
  /** Undefined where nothing blocks publishers, as in a program. */
  readonly memoryLimitBytes: number | undefined;
  /** Unknown until it was measured. */
  readonly diskFreeBytes: number | undefined;
  readonly diskFreeLimitBytes: number | undefined;
  /** Why publishers are blocked; empty: they are not. */
  readonly alarms: readonly string[];
}

/** What a reload did. Paths of settings are dotted. */
export interface ReloadOutcome {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
  /** Whether certificates were read again. */
  readonly certificates: boolean;
}

/** What the server does about itself. */
export interface ServerControl {
  status(): ServerStatus | Promise<ServerStatus>;
  /** Begins to stop; resolves at once. */
  stop(reason: string): void;
  /** Rejects with 'config-invalid', in which case nothing changed. */
  reload(): Promise<ReloadOutcome>;
}

/** Everything that operations may use. */
export interface Services {
  readonly broker: Broker;
  readonly access: Access;
  /** Who acts: whoever holds the control socket. */
  readonly actor: Actor;
  readonly connections: Connections;
  readonly server: ServerControl;
}

/** An operation over these services. */
export type ServerOperation<Input, Result, Event = never, Message = never> = Operation<
  Services,
  Input,
  Result,
  Event,
  Message
>;
