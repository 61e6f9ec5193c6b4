/** What a management API tells of an engine. Invariant: undefined is unknown, never zero. */
import type { QueueSample, Replica } from '../index.js';
import type { Fields } from './management-fields.js';

/** One queue, of whichever virtual host. */
export type ManagedQueue = Omit<QueueSample, 'queue' | 'atMs' | 'wait' | 'processing'> & {
  readonly vhost: string;
  readonly name: string;
  /** `classic`, `quorum`, `stream`; undefined where it does not say. */
  readonly type: string | undefined;
  /** Where it is kept on several nodes; empty: on one, or it does not say. */
  readonly copies: readonly ManagedCopy[];
  /** As declared; undefined: it does not say. */
  readonly durable: boolean | undefined;
  readonly autoDelete: boolean | undefined;
  readonly exclusive: boolean | undefined;
  readonly arguments: Fields;
  /** Names of the policies in effect. */
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
};

/** One copy of a queue. */
export type ManagedCopy = Omit<Replica, 'queue'>;

export interface ManagedNode {
  readonly name: string;
  readonly isRunning: boolean;
  readonly residentBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  readonly openDescriptors: number | undefined;
  readonly descriptorsMax: number | undefined;
  readonly diskFreeBytes: number | undefined;
  readonly diskFreeLimitBytes: number | undefined;
  readonly uptimeSeconds: number | undefined;
  readonly alarms: Readonly<Record<'memory' | 'disk', boolean | undefined>>;
  /** Nodes that it has lost sight of; undefined: it does not say. */
  readonly partitions: readonly string[] | undefined;
}

export interface ManagedConnection {
  readonly name: string;
  readonly receivedBytes: number | undefined;
  readonly sentBytes: number | undefined;
  readonly unsentBytes: number | undefined;
  readonly channels: number | undefined;
  /** It may not publish. */
  readonly isBlocked: boolean | undefined;
}

/** Counters and what it holds are those of its channel, and unknown where that has other consumers too. */
export interface ManagedConsumer {
  readonly vhost: string;
  readonly queue: string;
  /** Connection, channel and tag. */
  readonly identity: string;
  /** 0: without a limit. */
  readonly prefetch: number | undefined;
  readonly delivered: number | undefined;
  readonly acknowledged: number | undefined;
  readonly unacknowledged: number | undefined;
}

/** Messages that found no queue. */
export interface ManagedUnroutable {
  readonly returned: number | undefined;
  readonly dropped: number | undefined;
}

export interface ManagedChurn {
  readonly connectionsOpened: number;
  readonly connectionsClosed: number;
  readonly channelsOpened: number;
  readonly channelsClosed: number;
}

/** All that one reading gives. */
export interface ManagedState {
  /** What it calls itself: `RabbitMQ`, `Sluice`. */
  readonly product: string | undefined;
  /** Of that product. */
  readonly productVersion: string | undefined;
  readonly version: string | undefined;
  readonly connectionCount: number | undefined;
  readonly churn: ManagedChurn | undefined;
  readonly unroutable: ManagedUnroutable;
  readonly queues: readonly ManagedQueue[];
  /** There are more queues than are read. */
  readonly hasMoreQueues: boolean;
  readonly nodes: readonly ManagedNode[];
  /** None: unknown. */
  readonly connections: readonly ManagedConnection[];
  readonly consumers: readonly ManagedConsumer[];
  /** By virtual host. */
  readonly vhosts: ReadonlyMap<string, ManagedUnroutable>;
}
