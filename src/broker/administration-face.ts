/**
 * What the control socket, the HTTP API, definitions and tasks see of the broker: views, and changes by operators. All
 * of it refuses by a `SluiceError`, and is synchronous but where a message may have to be read from disk.
 */
import type { VhostSettings } from './vhost-settings.js';
import type { FieldTable } from './content/index.js';
import type { WaitExplanation } from './explanation.js';
import type { BindingDeclaration, ExchangeDeclaration, FailureReport, TopologyAnswer } from './face.js';
import type { BrokerMeasures } from './measures/face.js';
import type { QueueCounters } from './queue-counters.js';
import type { PolicyAdministration } from './policies/face.js';
import type { PolicyDefinition } from './policies/policy.js';
import type {
  MessageScan,
  Relocation,
  RelocationOptions,
  RelocationOutcome,
  ScanOutcome,
} from './scan-face.js';
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
  /**
   * Acknowledged, expired, dead-lettered or dropped after their `x-deadline`. Of messages from before a restart it is
   * known only where the queue is ordered by deadline.
   */
  readonly deadlinesMissed: number;
  /** Deliveries that failed, of messages that had come back twice before. */
  readonly returnedAgain: number;
  /** Dead-lettered, and taken by no queue. */
  readonly deadLettersLost: number;
}

/** The policies in effect for a queue or an exchange; see `PolicyAdministration.effectOn` for what follows. */
export interface PolicyRules {
  /** Names; undefined: none. */
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
  /** What both set together; undefined: there is neither. */
  readonly effectivePolicy: PolicyDefinition | undefined;
}

export interface QueueReport extends QueueFigures, PolicyRules {
  readonly vhost: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
  /** Nothing is delivered; see `QueueAdministration.pause`. */
  readonly paused: boolean;
}

export interface ExchangeReport extends ExchangeDeclaration, PolicyRules {
  readonly vhost: string;
  /** What clients published to it, and what queues were given of that, since the process began. */
  readonly publishedIn: number;
  readonly publishedOut: number;
}

export interface BindingReport extends BindingDeclaration {
  readonly vhost: string;
  readonly destinationKind: 'queue' | 'exchange';
}

/** Where a message would go now. */
export interface RouteReport {
  /** The queues that it would come to, by name. */
  readonly queues: readonly string[];
  /** Exchanges of type `x-delayed-message` that would hold it first. */
  readonly delayedBy: readonly string[];
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

/** Who gave an order, as the journal is to tell of it. */
export interface Operator {
  readonly user: string;
  /** Where the order came from: an address, or a word such as `remedy`. */
  readonly source: string;
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
  releaseNow(vhost: string, queue: string, position: number, by?: Operator): TopologyAnswer;
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
    by?: Operator,
  ): Promise<{ readonly outcome: 'removed' | 'active' | 'absent'; readonly sequence: number }>;
  /** Sends a message that nobody has where failed messages go. Throws as `BrokerChannel.deadLetter`. */
  deadLetter(
    vhost: string,
    queue: string,
    message: MessageName,
    failure: FailureReport,
    by?: Operator,
  ): Promise<{ readonly outcome: 'moved' | 'active' | 'absent'; readonly sequence: number }>;
  /**
   * Sends a message where failed messages go, whoever has it: one that a consumer has goes when it comes back, unless
   * it is acknowledged first or the broker restarts meanwhile. Throws as `deadLetter`.
   */
  quarantine(
    vhost: string,
    queue: string,
    message: MessageName,
    failure: FailureReport,
    by?: Operator,
  ): Promise<{ readonly outcome: 'moved' | 'awaited' | 'absent'; readonly sequence: number }>;
  /**
   * Holds a message back at its own place until a moment (Unix ms), with its key closed meanwhile; one that a consumer
   * has is held when it comes back. `releaseNow` ends it.
   */
  holdBack(
    vhost: string,
    queue: string,
    message: MessageName,
    untilMs: number,
    by?: Operator,
  ): Promise<{ readonly outcome: 'held' | 'awaited' | 'absent'; readonly sequence: number }>;
  /** Throws what `moveTo` would throw of the queues, and changes nothing. */
  requireMovable(vhost: string, queue: string, to: string): void;
  /**
   * Moves a message that nobody has to another queue, as it is, in one step: it is durable in the one or in the other.
   * It comes in there now: a delay goes on, it expires when it would have where it was (or earlier, by the target's time
   * to live; `renewsTtl`: as if it came in new), and failed deliveries are not counted on. With `change` it is sent
   * anew: changed, without its delay, and with records in the same step. Throws
   * `not-found`, `bad-input` for the same queue, `precondition-failed` from a durable queue to one that is not.
   */
  moveTo(
    vhost: string,
    queue: string,
    position: number,
    to: string,
    by?: Operator,
    how?: RelocationOptions,
  ): Promise<RelocationOutcome>;
  /**
   * Moves messages as `moveTo` does with a change, as many of `moves` as can go at once: in one step they all go, and
   * the records are put that `puts` makes of what became of each. Gives what became of those it came to, the first at
   * least; `full` ends it. Throws as `moveTo` does, of the first.
   */
  moveTogether(
    vhost: string,
    queue: string,
    moves: readonly Relocation[],
    puts: (outcomes: readonly RelocationOutcome[]) => readonly RecordPut[],
    by?: Operator,
  ): Promise<readonly RelocationOutcome[]>;
  /** Takes back what `quarantine` or `holdBack` awaits. False: it was done, or is not known. */
  forgetOrder(vhost: string, queue: string, position: number): boolean;
  /** Up to `count` messages that failed before, those that failed most first; of up to `seen` messages. */
  failedMost(
    vhost: string,
    queue: string,
    count: number,
  ): Promise<{ readonly messages: readonly FoundMessage[]; readonly seen: number }>;
  /** The first message of a key, among those that others wait for and the first thousand; undefined: not among them. */
  firstOfKey(vhost: string, queue: string, key: string): Promise<FoundMessage | undefined>;
  /** Keys whose first message others wait for, those with the most waiting first; of up to 10,000 keys. */
  blockedKeys(vhost: string, queue: string, count: number): Promise<BlockedKey[]>;
}

/** What an operator does to a consumer, named by `MeasuredConsumer.identity`. Both throw `not-found`. */
export interface ConsumerAdministration {
  /** Ends it; what it held is back in the queue. Its client hears the reason, or a cancel without one. */
  close(vhost: string, queue: string, identity: string, reason: string): { readonly returned: number };
  /** How many messages it may hold from now on; 0: no limit. What it holds already it keeps. */
  setPrefetch(
    vhost: string,
    queue: string,
    identity: string,
    prefetch: number,
  ): { readonly previous: number };
}

/** What the control socket, the HTTP API and definitions use. All synchronous but for reads from disk. */
export interface BrokerAdministration {
  /** False when it existed. */
  createVirtualHost(name: string): { readonly created: boolean; readonly sequence: number };
  /** Throws `not-found`. */
  vhostSettings(name: string): VhostSettings;
  /** What is left out stays. Throws `not-found`, `bad-input`. */
  setVhost(name: string, changes: Partial<VhostSettings>): { readonly sequence: number };
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
  /** Throws `not-found`. */
  describeExchange(vhost: string, exchange: string): ExchangeReport;
  listBindings(vhost?: string): BindingReport[];
  /** As `listBindings`, one by one. What changes meanwhile may be in it or not. */
  eachBinding(vhost?: string): Iterable<BindingReport>;
  /**
   * Where a message with these properties (encoded) would go from an exchange, by the broker's own router. Nothing is
   * stored or counted. Throws `not-found`, and `precondition-failed` for a bad `CC`.
   */
  routesOf(vhost: string, exchange: string, routingKey: string, properties: Buffer): RouteReport;
  reportRecords(vhost?: string): RecordReport[];
  /**
   * Copies of up to `count` messages from the front in delivery order, without consuming them; no more than bodies of
   * `bytesMax` bytes together, but for the first.
   */
  peek(vhost: string, queue: string, count: number, bytesMax?: number): Promise<StoredMessage[]>;
  /**
   * Comes by the messages of a queue in the order in which they came, without taking or marking them, in slices. Throws
   * `not-found`.
   */
  scan(vhost: string, queue: string, scan: MessageScan): Promise<ScanOutcome>;
  /** Messages that wait for records, in the order in which they came. */
  listHeld(vhost: string, queue: string, count: number): Promise<StoredMessage[]>;
  /** Delayed messages, soonest first; `bytesMax` as for `peek`. */
  listDelayed(vhost: string, queue: string, count: number, bytesMax?: number): Promise<StoredMessage[]>;
  /** False when it is no longer delayed or held. */
  cancelDelayed(
    vhost: string,
    queue: string,
    position: number,
    by?: Operator,
  ): { readonly cancelled: boolean; readonly sequence: number };
  readonly queues: QueueAdministration;
  readonly consumers: ConsumerAdministration;
  /** Ages, latencies, consumers and what else is measured. */
  readonly measures: BrokerMeasures;
  readonly policies: PolicyAdministration;
  /** Why the message at a position of a queue waits, and what goes before it. */
  explain(vhost: string, queue: string, position: number): Promise<WaitExplanation>;
  /** Resolves when everything appended so far is durable. */
  durable(): Promise<void>;
}
