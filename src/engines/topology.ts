/** Queues, exchanges and bindings, as the engine port describes and changes them. */
import type { HeaderTable, HeaderValue } from './message.js';

/** How a queue chooses its next message; see the ordering headers in `message.ts`. */
export type QueueOrder = 'fifo' | 'priority' | 'deadline' | 'rate-monotonic' | 'laxity';

/** So many deliveries in a time. */
export interface DispatchRate {
  readonly count: number;
  readonly perMs: number;
  /** `count` unless said otherwise. */
  readonly burst?: number;
}

/** Whose turn it is in a queue, and how much of it may be delivered at a time: see `DispatchOptions`. */
export interface DispatchDeclaration {
  /** Weights by tenant; `*` names the others. */
  readonly fair?: Readonly<Record<string, number>>;
  /** `Q/P` by tenant, both in milliseconds: `20ms/100ms`. */
  readonly fairBudget?: Readonly<Record<string, string>>;
  readonly rateLimit?: DispatchRate;
  readonly tenantRateLimit?: DispatchRate;
  readonly keyRateLimit?: DispatchRate;
  readonly concurrency?: number;
  readonly tenantConcurrency?: number;
}

/** How a queue is declared. What is left out has the engine's default. Durations in milliseconds. */
export interface QueueDeclaration extends DispatchDeclaration {
  /** Survives a restart; true unless said otherwise. */
  readonly durable?: boolean;
  /** Only for this connection, and gone with it. */
  readonly exclusive?: boolean;
  /** Gone with its last consumer. */
  readonly autoDelete?: boolean;
  readonly order?: QueueOrder;
  /** RabbitMQ's strict priority, without aging: the highest priority that counts, 1 to 255. */
  readonly priorityMax?: number;
  /** The queue that expired, dropped, rejected and too often delivered messages move to. */
  readonly deadLetter?: string;
  /** How long a message may wait. */
  readonly messageTtlMs?: number;
  /** The queue goes when it was unused for so long. */
  readonly expiresMs?: number;
  readonly lengthMax?: number;
  readonly bytesMax?: number;
  /** What happens to a message that would exceed the length: the oldest is dropped (default), or it is refused. */
  readonly overflow?: 'drop-head' | 'reject-publish';
  /** Deliveries that may fail before a message is dead-lettered; only queues of type `quorum` count them. */
  readonly deliveryLimit?: number;
  readonly singleActiveConsumer?: boolean;
  /** A message can be found by its `messageId`, whatever it is doing. */
  readonly messageIndex?: boolean;
  /** The kind of queue: `quorum` with a delivery limit, else the engine's own default, unless said otherwise. */
  readonly type?: 'classic' | 'quorum';
  /** Further arguments, as they go to the engine. */
  readonly arguments?: HeaderTable;
}

/** A queue now. Undefined is unknown, never zero. */
export interface QueueInfo {
  readonly name: string;
  readonly ready: number;
  readonly consumers: number;
  readonly unacknowledged: number | undefined;
  readonly delayed: number | undefined;
  /** Waiting for records to be written. */
  readonly held: number | undefined;
  /** Body bytes of all its messages. */
  readonly bytes: number | undefined;
}

export interface ExchangeDeclaration {
  readonly type: 'direct' | 'fanout' | 'topic' | 'headers' | (string & {});
  /** True unless said otherwise. */
  readonly durable?: boolean;
  readonly autoDelete?: boolean;
  readonly internal?: boolean;
  readonly arguments?: HeaderTable;
}

export interface Binding {
  readonly source: string;
  readonly destination: string;
  /** `queue` unless said otherwise. */
  readonly destinationKind?: 'queue' | 'exchange';
  readonly routingKey?: string;
  readonly arguments?: HeaderTable;
}

/** Everything that an engine has in one virtual host. */
export interface TopologyReport {
  readonly queues: readonly QueueReport[];
  readonly exchanges: readonly ExchangeReport[];
  readonly bindings: readonly Required<Binding>[];
}

export interface QueueReport {
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: HeaderTable;
}

export interface ExchangeReport {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: HeaderTable;
}

/** Changes resolve when they are durable. Refusals carry AMQP's codes: `not-found`, `precondition-failed`, … */
export interface Topology {
  /**
   * Makes the queue. Without a declaration an existing queue is taken as it is; with one it must stand as declared
   * (`precondition-failed`).
   */
  declareQueue(name: string, declaration?: QueueDeclaration): Promise<void>;
  /** Undefined when there is no such queue. */
  describeQueue(name: string): Promise<QueueInfo | undefined>;
  /** Gives the number of messages that were ready; a queue that is not there has none. */
  deleteQueue(name: string, when?: { readonly unused?: boolean; readonly empty?: boolean }): Promise<number>;
  /** Gives the number of messages that were ready. */
  purgeQueue(name: string): Promise<number>;
  /** Whether a queue delivers. Gives whether that has changed. Rejects with `unsupported` without `pause`. */
  setPaused(name: string, paused: boolean): Promise<boolean>;
  declareExchange(name: string, declaration: ExchangeDeclaration): Promise<void>;
  deleteExchange(name: string): Promise<void>;
  bind(binding: Binding): Promise<void>;
  unbind(binding: Binding): Promise<void>;
  /** Everything. Rejects with `unsupported` where the engine cannot list. */
  describe(): Promise<TopologyReport>;
}

/** The name of the queue that failed messages of `queue` go to unless its declaration names another. */
export function deadLetterQueueOf(queue: string): string {
  return `sluice.dead.${queue}`;
}

/** A declaration's meaning in AMQP's queue arguments. */
export function argumentsOf(declaration: QueueDeclaration): HeaderTable {
  const { order, priorityMax, deadLetter, overflow, type } = declaration;
  const given = {
    'x-order': order === 'fifo' ? undefined : order,
    'x-max-priority': priorityMax,
    'x-dead-letter-exchange': deadLetter === undefined ? undefined : '',
    'x-dead-letter-routing-key': deadLetter,
    'x-message-ttl': declaration.messageTtlMs,
    'x-expires': declaration.expiresMs,
    'x-max-length': declaration.lengthMax,
    'x-max-length-bytes': declaration.bytesMax,
    'x-overflow': overflow,
    'x-delivery-limit': declaration.deliveryLimit,
    'x-single-active-consumer': declaration.singleActiveConsumer,
    'x-queue-type': type ?? (declaration.deliveryLimit === undefined ? undefined : 'quorum'),
    ...dispatchArgumentsOf(declaration),
    'x-message-index': declaration.messageIndex === true ? true : undefined,
    ...declaration.arguments,
  };
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, NonNullable<(typeof entry)[1]>] => entry[1] !== undefined,
    ),
  );
}

function dispatchArgumentsOf(declaration: DispatchDeclaration): Record<string, HeaderValue | undefined> {
  return {
    'x-fair': declaration.fair,
    'x-fair-budget': declaration.fairBudget,
    'x-rate-limit': rateTable(declaration.rateLimit),
    'x-tenant-rate-limit': rateTable(declaration.tenantRateLimit),
    'x-key-rate-limit': rateTable(declaration.keyRateLimit),
    'x-concurrency': declaration.concurrency,
    'x-tenant-concurrency': declaration.tenantConcurrency,
  };
}

function rateTable(rate: DispatchRate | undefined): HeaderTable | undefined {
  if (rate === undefined) return undefined;
  const { count, perMs, burst } = rate;
  return { count, per: perMs, ...(burst === undefined ? {} : { burst }) };
}
