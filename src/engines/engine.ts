/**
 * The engine port: what queues, tasks, monitoring and governance ask of whatever carries the messages. Every adapter
 * passes one exam (`tests/engines/`), and refuses what its capabilities call `none` with `unsupported`.
 */
import type { Capabilities } from './capability.js';
import type { FollowUp } from './delivery.js';
import type { Deliveries } from './delivery-stream.js';
import type { EngineMessage, StoredMessage } from './message.js';
import type { Grant, QueueSample, Replica } from './oversight.js';
import type { RecordEntry, RecordPut, Records } from './records.js';
import type { Messages } from './single-messages.js';
import type { Topology } from './topology.js';

/** What carries the messages: this process, a Sluice server, or RabbitMQ. */
export type EngineKind = 'embedded' | 'sluice' | 'rabbitmq';

export interface ReceiveOptions {
  /** Deliveries held at a time, buffered and unsettled together; 1 to 65,535. */
  readonly prefetch: number;
  /**
   * Where the receiver has to choose (capability `deadline`, `tenants` or `keyedOrder` emulated): messages held to
   * choose among. Left out: ten times `prefetch` on a queue that this engine declared with an order or with shares.
   */
  readonly window?: number;
  /** No other receiver may have the queue. */
  readonly exclusive?: boolean;
  /** The queue that `deadLetter` moves messages to, made at its first use. */
  readonly deadLetterQueue: string;
}

export interface SendOptions {
  /** Gives up waiting; what was already handed over is still stored. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a peek goes; it ends with the message that reaches one of these. */
export interface PeekLimits {
  /** Of all bodies. */
  readonly bytesMax?: number;
  readonly elapsedMsMax?: number;
}

/** Messages and records that become durable together or not at all. */
export interface Commit {
  readonly sends: readonly FollowUp[];
  readonly puts: readonly RecordPut[];
}

/** A conflict names the first put whose condition did not hold; nothing was done. */
export type CommitOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'conflict'; readonly key: string; readonly current: RecordEntry | undefined };

export interface Engine {
  readonly kind: EngineKind;
  /** Where it is, without secrets. */
  readonly address: string;
  readonly capabilities: Capabilities;

  /**
   * Resolves when every message is durable. Rejects with `not-found` when the queue does not exist, `limit-reached`
   * (details: `refused`, the indexes) when a full queue refused some, `unsupported` for what the engine has not.
   */
  send(queue: string, messages: readonly EngineMessage[], options?: SendOptions): Promise<void>;
  /** Sends through an exchange. Gives the number of messages that no queue took; they are gone. */
  publish(
    exchange: string,
    routingKey: string,
    messages: readonly EngineMessage[],
    options?: SendOptions,
  ): Promise<{ readonly unroutable: number }>;
  /** Sends and writes as one step; resolves when it is durable. Rejects with `unsupported` without records. */
  commit(commit: Commit): Promise<CommitOutcome>;
  /** Begins deliveries. Rejects with `not-found` when the queue does not exist. */
  receive(queue: string, options: ReceiveOptions): Promise<Deliveries>;
  /** Up to `count` messages from the front, in delivery order, which stay where they are. */
  peek(queue: string, count: number, limits?: PeekLimits): Promise<readonly StoredMessage[]>;

  readonly topology: Topology;
  readonly records: Records;
  readonly messages: Messages;
  /** Samples of the named queues, or of all where the engine can list them. */
  observe(queues?: readonly string[]): Promise<readonly QueueSample[]>;
  /** Who may do what. */
  access(): Promise<readonly Grant[]>;
  replicas(): Promise<readonly Replica[]>;
  /** Sets the queue back as it was at `to`. */
  rewind(queue: string, to: Date): Promise<void>;

  /** What Sluice itself made on a foreign engine, by name. */
  listOwn(): Promise<readonly string[]>;
  /** Removes what Sluice itself made, where it holds no messages; gives the names. */
  clean(): Promise<readonly string[]>;

  /** Gives back what is held and ends. Safe to call twice. */
  close(): Promise<void>;
}
