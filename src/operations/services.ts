/** What operations work on: the faces of the running server's parts, put together by the composition root. */
import type { Access, Actor } from '../access/index.js';
import type { Alerts, Notifier, OwnerRule, Remedies } from '../alerts/index.js';
import type { Broker, PlainValue } from '../broker/index.js';
import type { Operation } from '../control/index.js';
import type { LatencyFigures } from '../kernel/index.js';
import type { Engines } from './engines-beside.js';
import type { Redrives } from './dead-letters/redrives.js';
import type { MessageTracer } from './message-tracer.js';
import type { ChurnFigures, Figures, Monitor } from '../monitor/index.js';

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

/** A connection in full. */
export interface ConnectionDetail extends ConnectionRow {
  /** Undefined until it was agreed. */
  readonly tuning:
    | { readonly channelMax: number; readonly frameBytesMax: number; readonly heartbeatSeconds: number }
    | undefined;
  /** As the client gave them. */
  readonly clientProperties: Readonly<Record<string, PlainValue>>;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** What it was not sent yet and is in memory for it. */
  readonly bufferedBytes: number;
  readonly channelList: readonly ChannelDetail[];
}

/** A channel of a connection. */
export interface ChannelDetail {
  readonly number: number;
  readonly mode: 'plain' | 'confirm' | 'transaction';
  readonly consumers: number;
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
  /** Publishes that were not confirmed yet. */
  readonly unconfirmed: number;
  /** Deliveries that were not settled yet. */
  readonly unacknowledged: number;
  /** Limits of those, for each consumer to come and for all together; 0: none. */
  readonly prefetch: number;
  readonly sharedPrefetch: number;
  /** What waits for the end of a transaction. */
  readonly uncommittedMessages: number;
  readonly uncommittedSettlements: number;
}

/** A connection in figures alone. */
export interface ConnectionFigures {
  readonly name: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly unsentBytes: number;
  readonly channels: number;
  /** It is held as a publisher. */
  readonly isBlocked: boolean;
  /** Messages that the client published, that were handed to it, and that it settled. */
  readonly published: number;
  readonly delivered: number;
  readonly redelivered: number;
  readonly acknowledged: number;
  /** Rejected, or given back. */
  readonly rejected: number;
  /** How long its publishes waited for their confirm; undefined: none was timed yet. */
  readonly confirms: LatencyFigures | undefined;
}

/** A limit on publishers, by the name that whoever set it gave it. */
export interface PublisherLimit {
  readonly name: string;
  /** All that is given must agree. */
  readonly target: {
    readonly connection?: string | undefined;
    readonly user?: string | undefined;
    readonly vhost?: string | undefined;
    readonly exchange?: string | undefined;
  };
  /** Messages, of all connections that it concerns together. */
  readonly perSecond: number;
}

/** Limits on publishers over the network: they are slowed, never refused. A restart lifts them. */
export interface PublisherLimits {
  list(): readonly PublisherLimit[];
  /** Throws `bad-input`. */
  set(limit: PublisherLimit): void;
  /** False: there is none of that name. */
  lift(name: string): boolean;
}

/** The open connections of every protocol. */
export interface Connections {
  readonly count: number;
  list(): readonly ConnectionRow[];
  /** The same in full, one by one. */
  details(): Iterable<ConnectionDetail>;
  /** Every connection, in one object that is filled again for each. */
  figures(): Iterable<ConnectionFigures>;
  /** Connections and channels that came and went; undefined: none could come yet. */
  readonly churn: ChurnFigures | undefined;
  /** False when there is no such connection. The peer is told the reason. */
  close(id: string, reason: string): boolean;
  /** Limits on publishers; undefined where no connection can come yet. */
  readonly limits?: PublisherLimits | undefined;
}

/** A browser that is signed in, as listed. Moments are Unix ms. */
export interface SessionRow {
  /** Public: it opens nothing. */
  readonly id: string;
  readonly user: string;
  /** The peer that signed in. */
  readonly address: string;
  /** What it said of itself, in short. */
  readonly browser: string;
  readonly openedMs: number;
  readonly lastUsedMs: number;
  /** When it ends at the latest. */
  readonly endsMs: number;
  /** When it ends unless it is used before. */
  readonly idleEndsMs: number;
}

/** The sessions of browsers. */
export interface OpenSessions {
  readonly count: number;
  list(): readonly SessionRow[];
  /** False: there is none of that id. */
  end(id: string, by: Actor): boolean;
  /** Ends those of a user; gives how many there were. */
  endOf(user: string, by: Actor): number;
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
  /** When the certificate of the listeners ends, in milliseconds since the Unix epoch; undefined: there is none. */
  readonly certificateExpiresMs?: number;
  /** Why publishers are blocked; empty: they are not. */
  readonly alarms: readonly string[];
}

/** What a reload did. Paths of settings are dotted. */
export interface ReloadOutcome {
  readonly applied: readonly string[];
  readonly needRestart: readonly string[];
  /** What was applied, by its names, with a text for people. */
  readonly changes: readonly {
    readonly setting: string;
    readonly change: 'added' | 'changed' | 'removed';
    readonly text: string;
  }[];
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

/** What of the tasks' directory operators use: single tasks of the own engine, in the virtual host `/`. */
export interface TaskActs {
  cancel(id: string, reason?: string, queue?: string): Promise<'cancelled' | 'asked' | 'done' | 'unknown'>;
  retry(id: string, queue?: string): Promise<'redriven' | 'released' | 'not-failed' | 'unknown'>;
  /** False: there was no such schedule. */
  unschedule(task: string, id: string): Promise<boolean>;
}

/** Everything that operations may use. */
export interface Services {
  readonly broker: Broker;
  readonly access: Access;
  /** Who acts: whoever holds the control socket. */
  readonly actor: Actor;
  readonly connections: Connections;
  /** Left out where there is no HTTP side. */
  readonly sessions?: OpenSessions | undefined;
  readonly server: ServerControl;
  /** Undefined where nothing is measured, as in a program without an HTTP side. */
  readonly monitor: Monitor | undefined;
  /** What is measured every second, and its history; undefined where that is turned off. */
  readonly figures: Figures | undefined;
  /** Left out where nobody is notified, as in a program. */
  readonly notifier?: Pick<Notifier, 'receivers' | 'routes' | 'testRoute'>;
  /** Left out where nothing is measured. */
  readonly alerts?: Alerts | undefined;
  /** Left out where messages are not traced. */
  readonly tracer?: Pick<MessageTracer, 'trace'>;
  /** Who owns what now, for reports; left out: nobody. */
  readonly owners?: () => readonly OwnerRule[];
  readonly remedies?: Remedies | undefined;
  /** Left out where nothing is governed: then there is the own engine alone. */
  readonly engines?: Engines | undefined;
  /** Loads tasks when it is first called; left out where there are none. */
  readonly taskActs?: (() => Promise<TaskActs>) | undefined;
  /** Left out where dead letters are not sent back. */
  readonly redrives?: Redrives | undefined;
}

/** An operation over these services. */
export type ServerOperation<Input, Result, Event = never, Message = never> = Operation<
  Services,
  Input,
  Result,
  Event,
  Message
>;
