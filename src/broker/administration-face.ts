/**
 * What the control socket, the HTTP API, definitions and tasks see of the broker: views, and changes by operators. All
 * of it refuses by a `SluiceError`, and is synchronous but where a message may have to be read from disk.
 */
import type { FieldTable } from './content/index.js';
import type { WaitExplanation } from './explanation.js';
import type { BindingDeclaration, ExchangeDeclaration, FailureReport, TopologyAnswer } from './face.js';
import type { QueueCounters } from './queue-counters.js';
import type { RecordPut, RecordReport } from './records/face.js';

/** A copy of one stored message, for views. */
export interface StoredMessage {
  /** Its position in the queue, counted from 0 since the queue was declared: names it for cancel and trace. */
  readonly position: number;
  readonly state: 'ready' | 'unacknowledged' | 'delayed' | 'gated' | 'held';
  readonly redelivered: boolean;
  readonly deliveryCount: number;
  readonly exchange: string;
  readonly routingKey: string;
  /** As in an AMQP content header; `decodeProperties` reads it. */
  readonly properties: Buffer;
  readonly body: Buffer;
  readonly arrivalMs: number;
  readonly expiresMs: number | undefined;
  readonly dueMs: number | undefined;
}

/** A queue in figures. */
export interface QueueFigures {
  readonly name: string;
  readonly ready: number;
  readonly unacknowledged: number;
  readonly delayed: number;
  readonly gated: number;
  /** Waiting for records to be written. */
  readonly held: number;
  /** Body bytes of all its messages. */
  readonly bytes: number;
  readonly consumers: number;
  readonly published: number;
  readonly delivered: number;
  readonly acknowledged: number;
  readonly redelivered: number;
  readonly expired: number;
  readonly deadLettered: number;
  readonly dropped: number;
}

export interface QueueReport extends QueueFigures {
  readonly vhost: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
  /** Nothing is delivered; see `QueueAdministration.pause`. */
  readonly paused: boolean;
}

export interface ExchangeReport extends ExchangeDeclaration {
  readonly vhost: string;
}

export interface BindingReport extends BindingDeclaration {
  readonly vhost: string;
  readonly destinationKind: 'queue' | 'exchange';
}

/** Who has a message that is not acknowledged. */
export interface MessageHolder {
  /** The connection's name. */
  readonly connection: string;
  readonly user: string;
  /** Undefined: it was taken by `get`. */
  readonly consumerTag: string | undefined;
  /** Unix ms. */
  readonly sinceMs: number;
}

/** What a message in a queue is doing, and what it waits for. */
export type MessageState =
  /** `ahead`: ready messages that go before it; `isEstimate`: counted in a sample of a long, ordered queue. */
  | { readonly kind: 'ready'; readonly ahead: number; readonly isEstimate: boolean }
  /** Behind the message at the position `behind`, the first of its key. */
  | { readonly kind: 'gated'; readonly behind: number }
  /** Held back by a limit on its key. */
  | { readonly kind: 'limited' }
  | { readonly kind: 'delayed'; readonly dueMs: number }
  /** Until records have been written: so many, of which `records` names up to 100. */
  | { readonly kind: 'held'; readonly missing: number; readonly records: readonly string[] }
  /** With a client; undefined where that has just gone. */
  | { readonly kind: 'unacknowledged'; readonly holder: MessageHolder | undefined }
  /** On its way to another queue. */
  | { readonly kind: 'moving' };

/** One message in a queue, as it is now. */
export interface FoundMessage {
  readonly position: number;
  readonly messageId: string | undefined;
  readonly state: MessageState;
  readonly redelivered: boolean;
  /** Deliveries of it that failed. */
  readonly deliveryCount: number;
  readonly arrivalMs: number;
  readonly expiresMs: number | undefined;
}

/** Names one message of a queue; by identifier only in a queue with `x-message-index`. */
export type MessageName = { readonly messageId: string } | { readonly position: number };

/** A key whose first message others wait for. */
export interface BlockedKey {
  readonly key: string | undefined;
  /** Its first message. */
  readonly head: FoundMessage;
  /** Messages behind it. */
  readonly waiting: number;
}

/** What an operator, or a task, does to a queue and to single messages in it. */
export interface QueueAdministration {
  /** Nothing is delivered from now on, also after a restart; publishes go on and consumers stay. */
  pause(vhost: string, queue: string): TopologyAnswer;
  resume(vhost: string, queue: string): TopologyAnswer;
  /**
   * Ends the delay of a message, or its waiting for records: it is ready now, or waits behind its key. A message on a delayed exchange's store
   * goes on its way. `changed` false: it was neither delayed nor held.
   */
  releaseNow(vhost: string, queue: string, position: number): TopologyAnswer;
  /**
   * Finds a message; of several with one identifier the first that came. Undefined: it is not there. Throws
   * `precondition-failed` for an identifier in a queue without `x-message-index`.
   */
  find(vhost: string, queue: string, message: MessageName): Promise<FoundMessage | undefined>;
  /**
   * Removes a message that nobody has, and puts a record with it as one step; the next of its key comes forward.
   * `active`: somebody has it.
   */
  remove(
    vhost: string,
    queue: string,
    message: MessageName,
    put?: RecordPut,
  ): Promise<{ readonly outcome: 'removed' | 'active' | 'absent'; readonly sequence: number }>;
  /** Sends a message that nobody has where failed messages go. Throws as `BrokerChannel.deadLetter`. */
  deadLetter(
    vhost: string,
    queue: string,
    message: MessageName,
    failure: FailureReport,
  ): Promise<{ readonly outcome: 'moved' | 'active' | 'absent'; readonly sequence: number }>;
  /** Keys whose first message others wait for, those with the most waiting first; of up to 10,000 keys. */
  blockedKeys(vhost: string, queue: string, count: number): Promise<BlockedKey[]>;
}

/** What the control socket, the HTTP API and definitions use. All synchronous but for reads from disk. */
export interface BrokerAdministration {
  /** False when it existed. */
  createVirtualHost(name: string): { readonly created: boolean; readonly sequence: number };
  /** Throws 'not-found'. Deletes everything in it. */
  deleteVirtualHost(name: string): { readonly sequence: number };
  listVirtualHosts(): string[];
  listQueues(vhost?: string): QueueReport[];
  /** Throws `not-found`. */
  describeQueue(vhost: string, queue: string): QueueReport;
  /** The same one by one, so that a long list can be read in slices; what changes meanwhile may be in it or not. */
  eachQueue(vhost?: string): Iterable<QueueReport>;
  /** By virtual host, what its queues that are gone have counted: with those of `listQueues` a total that never falls. */
  retiredCounters(): ReadonlyMap<string, QueueCounters>;
  listExchanges(vhost?: string): ExchangeReport[];
  listBindings(vhost?: string): BindingReport[];
  reportRecords(vhost?: string): RecordReport[];
  /**
   * Copies of up to `count` messages from the front in delivery order, without consuming them; no more than bodies of
   * `bytesMax` bytes together, but for the first.
   */
  peek(vhost: string, queue: string, count: number, bytesMax?: number): Promise<StoredMessage[]>;
  /** Messages that wait for records, in the order in which they came. */
  listHeld(vhost: string, queue: string, count: number): Promise<StoredMessage[]>;
  /** Delayed messages, soonest first; `bytesMax` as for `peek`. */
  listDelayed(vhost: string, queue: string, count: number, bytesMax?: number): Promise<StoredMessage[]>;
  /** False when it is no longer delayed or held. */
  cancelDelayed(
    vhost: string,
    queue: string,
    position: number,
  ): { readonly cancelled: boolean; readonly sequence: number };
  readonly queues: QueueAdministration;
  /** Why the message at a position of a queue waits, and what goes before it. */
  explain(vhost: string, queue: string, position: number): Promise<WaitExplanation>;
  /** Resolves when everything appended so far is durable. */
  durable(): Promise<void>;
}
