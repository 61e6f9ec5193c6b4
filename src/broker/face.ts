/**
 * The shapes that protocols and the engine port see of the broker. Refused operations throw a `SluiceError`
 * whose code each protocol translates; the hot path (publish, deliver, acknowledge) neither throws nor
 * allocates. Nothing here waits: what must not reach a client before it is durable carries the sequence of
 * the journal record to wait for, and `0` means that there is nothing to wait for.
 */
import type { FieldTable } from './content/index.js';
import type { ChunkReference, InboundMessage, MessageView } from './message-face.js';
import type {
  ChannelRecords,
  CompletionOutcome,
  ConditionalPublish,
  RecordConflict,
  RecordDeferred,
  RecordPut,
} from './records/face.js';
import type { SettledCounts } from './settled-counts.js';
import type { ChannelMessages } from './single-messages-face.js';
import type { VhostSettings } from './vhost-settings.js';

export type * from './administration-face.js';
export type * from './message-face.js';
export type * from './scan-face.js';

/**
 * What became of a publish. `routed` and `unroutable` are confirmed once `publishSequence` is durable;
 * `unroutable` is returned first when mandatory; `rejected` gets a negative confirm.
 */
export type PublishOutcome = 'routed' | 'unroutable' | 'rejected';

/** What a protocol's channel does for the broker. Calls may come at any time between turns of the loop. */
export interface ChannelSink {
  /**
   * Encodes one delivery now. It must not reach the client before `releaseSequence` is durable.
   * `deliveryTag` counts from 1 on each channel.
   */
  deliver(
    consumerTag: string,
    consumerTagBytes: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void;
  /** The channel's number within its connection, where the protocol has one. */
  readonly number?: number;
  /** True: large bodies are handed over as `MessageView.large`, and not put together before. */
  readonly takesPieces?: boolean;
  /** False: the client cannot be told that a consumer ended. Where it must know, its channel fails instead. */
  readonly hearsCancels?: boolean;
  /** The broker ended a consumer: its queue is gone, or it held a delivery for too long. */
  consumerCancelled(consumerTag: string): void;
  /** The broker closes the channel, for example when an acknowledgement took too long. */
  channelFailed(code: 'precondition-failed', message: string): void;
}

export interface QueueDeclaration {
  /** Empty: the broker makes a name. */
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
}

export interface QueueCounts {
  readonly name: string;
  /** Messages ready for delivery, those included that wait for an earlier one of their key. */
  readonly messageCount: number;
  readonly consumerCount: number;
}

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
}

export interface BindingDeclaration {
  readonly source: string;
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

export interface ConsumeRequest {
  readonly queue: string;
  /** Empty: the broker makes one. */
  readonly consumerTag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly arguments: FieldTable;
}

/** The answer to `get`: the message is valid only during the callback. */
export type GetReply =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'message';
      readonly deliveryTag: number;
      readonly redelivered: boolean;
      readonly message: MessageView;
      /** Messages still ready. */
      readonly messageCount: number;
      readonly releaseSequence: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** How a failed delivery comes again. */
export interface RetryOptions {
  /** Milliseconds from now (in a transaction: from its commit), up to 2^32 - 1. */
  readonly afterMs: number;
}

/** What is told of a message that failed for good. */
export interface FailureReport {
  /** The queue to move to; without it, the queue's own dead-letter exchange. */
  readonly queue?: string;
  /** Added to the message's headers, in place of those of the same name; up to 32 KiB encoded. */
  readonly headers: FieldTable;
}

/** What became of a topology call. */
export interface TopologyAnswer {
  /** The sequence to wait for before the client is told, also when nothing changed; 0: none. */
  readonly sequence: number;
  /** False: it stood, or was gone, already. */
  readonly changed: boolean;
}

/** What a channel holds for its client. */
export interface ChannelHoldings {
  /** Deliveries that were not settled yet. */
  readonly unacknowledged: number;
  /** Limits of those, for each consumer to come and for all together; 0: none. */
  readonly prefetch: number;
  readonly sharedPrefetch: number;
  /** What a transaction has put off. */
  readonly uncommittedMessages: number;
  readonly uncommittedSettlements: number;
}

/** One channel of one connection, as the broker keeps it. */
export interface BrokerChannel {
  /** The sequence to wait for before the last publish may be confirmed; 0: at once. */
  readonly publishSequence: number;

  publish(message: InboundMessage): PublishOutcome;
  readonly holdings: ChannelHoldings;
  /** Goes on by itself; stays as it is when the channel is closed. */
  readonly settled: Readonly<SettledCounts>;

  /** Returns the consumer tag. Deliveries may begin before this returns, so answer first: see `start`. */
  consume(request: ConsumeRequest): string;
  /** Begins deliveries to a consumer that `consume` added, once its `-ok` has been written. */
  start(consumerTag: string): void;
  /** Ends a consumer; its unacknowledged messages stay with the channel. False: no such consumer. */
  cancel(consumerTag: string): boolean;
  /** Calls back once, now or after a read from disk. */
  get(queue: string, noAck: boolean, reply: (answer: GetReply) => void): void;

  /** Tag 0 with `multiple`: everything. Throws 'precondition-failed' for an unknown tag. */
  acknowledge(deliveryTag: number, multiple: boolean): void;
  /** With `requeue` the delivery has failed, which counts towards the queue's delivery limit. */
  reject(deliveryTag: number, multiple: boolean, requeue: boolean): void;
  /** Gives deliveries back unused; they do not count towards the delivery limit. */
  giveBack(deliveryTag: number, multiple: boolean): void;
  /**
   * A delivery has failed and comes again: at its own place, not before `afterMs` have passed, and with its key closed
   * to the messages behind it until then. Counted on every type of queue; readers see `x-delivery-count`, and a
   * delivery limit applies. Returns the sequence to wait for; in a transaction its commit gives that. Throws
   * `precondition-failed` for an unknown tag, `bad-input` for a delay out of range.
   */
  retry(deliveryTag: number, options: RetryOptions): number;
  /**
   * A delivery has failed for good: the message moves to its dead-letter target as one step, with what went wrong in
   * its headers; until the step is made, which may take a read from disk, the message is held where it is. Returns the
   * sequence to wait for, as far as it was made. Throws `precondition-failed` for an unknown tag or without a target, `not-found` for a named queue
   * that does not exist, `bad-input` for headers that are too long or that route.
   */
  deadLetter(deliveryTag: number, failure: FailureReport): number;
  /** False: a delivery was taken back, or its queue is gone. Throws `precondition-failed` for an unknown tag. */
  holds(deliveryTag: number): boolean;
  recover(requeue: boolean): void;
  /** Acknowledges a delivery and puts a record, in one step. Throws as `acknowledge` and `records.put` do. */
  complete(deliveryTag: number, put: RecordPut): CompletionOutcome | RecordDeferred;
  /** Publishes a message and puts a record, in one step, if the record is as the put expects. */
  publishIf(message: InboundMessage, put: RecordPut): ConditionalPublish | RecordDeferred;
  readonly records: ChannelRecords;
  readonly messages: ChannelMessages;
  /** Throws `precondition-failed` where `replyTo` stands for direct replies and the channel waits for none. */
  checkReplyTo(replyTo: string): void;
  /** Sends an answer once its `sequence` is durable: to a channel that waits for direct replies, or to a queue. */
  answer(answer: Answer): void;
  /** `count` 0: no limit. `shared`: over all consumers of the channel, else for each later consumer. */
  setPrefetch(count: number, shared: boolean): void;
  /** AMQP channel.flow: whether deliveries may be made. */
  setFlow(active: boolean): void;

  /**
   * Makes all that `run` publishes, settles and changes of records one atomic group, without transaction mode. What is
   * refused, by `run` or by the commit, is thrown with nothing done. In transaction mode it joins the open transaction.
   */
  atomically(run: () => void): CommitOutcome | RecordDeferred;
  selectTransaction(): void;
  /** Makes everything put off one atomic group. A conflict ends the transaction with nothing done. */
  commitTransaction(): CommitOutcome;
  rollbackTransaction(): void;

  declareQueue(declaration: QueueDeclaration): QueueCounts & TopologyAnswer;
  /** Throws 'not-found', or 'exclusive' for another connection's. Empty name: the channel's last declared. */
  describeQueue(name: string): QueueCounts;
  /**
   * Throws as `describeQueue` does, and `limit-reached` where the queue would refuse one of so many more messages, of
   * so many bytes together.
   */
  requireRoom(queue: string, messages: number, bytes: number): void;
  deleteQueue(
    name: string,
    ifUnused: boolean,
    ifEmpty: boolean,
  ): TopologyAnswer & { readonly messageCount: number };
  purgeQueue(name: string): { readonly messageCount: number; readonly sequence: number };
  bindQueue(binding: BindingDeclaration): TopologyAnswer;
  unbindQueue(binding: BindingDeclaration): TopologyAnswer;
  declareExchange(declaration: ExchangeDeclaration): TopologyAnswer;
  /** Throws 'not-found'. */
  describeExchange(name: string): void;
  deleteExchange(name: string, ifUnused: boolean): TopologyAnswer;
  bindExchange(binding: BindingDeclaration): TopologyAnswer;
  unbindExchange(binding: BindingDeclaration): TopologyAnswer;
  /** The queue name that an empty name stands for: the last one declared on this channel. */
  resolveQueueName(name: string): string;

  /** Requeues what is unacknowledged and ends the consumers. Returns the sequence to wait for. */
  close(): number;
}

/** An answer of the broker itself. */
export interface Answer {
  /** The request's `reply-to`: a queue, or the name that stands for direct replies. */
  readonly replyTo: string;
  /** As in an AMQP content header. */
  readonly properties: Buffer;
  readonly body: Buffer;
  /** The sequence to wait for; 0: none. */
  readonly sequence: number;
}

/** What became of a transaction; `sequence` is to be waited for. */
export type CommitOutcome =
  | {
      readonly kind: 'committed';
      readonly sequence: number;
      readonly returned: readonly BufferedReturn[];
      readonly rejected: boolean;
    }
  | RecordConflict;

/** A mandatory message of a transaction that found no queue. */
export interface BufferedReturn {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: Buffer;
  readonly body: Buffer;
}

/** One client connection, as the broker keeps it: the owner of exclusive queues. */
export interface BrokerConnection {
  openChannel(sink: ChannelSink): BrokerChannel;
  /** While not writable (the socket's buffer is full) no consumer of this connection gets deliveries. */
  setWritable(writable: boolean): void;
  /** Closes every channel and deletes exclusive queues. Returns the sequence to wait for. */
  close(): number;
}

/** Whose connection it is. */
export interface ConnectionInfo {
  readonly name: string;
  readonly user: string;
  readonly vhost: string;
  /** What the client calls it. */
  readonly clientName?: string | undefined;
  /** It carries out an operator's order. */
  readonly isOperator?: boolean | undefined;
  /** It counts against the limit of its virtual host. */
  readonly isClient?: boolean;
}

/** Why publishers are blocked now; empty: they are not. */
export type Alarm = 'memory' | 'disk';

/** What the protocols' servers use of the broker. */
export interface BrokerFace {
  readonly virtualHosts: ReadonlyMap<string, { readonly settings: VhostSettings; readonly clients: number }>;
  connect(info: ConnectionInfo): BrokerConnection;
  /** Journals one piece of a large body as it arrives; it stays until the publish that names it, or `releaseChunks`. */
  appendChunk(buffer: Buffer, start: number, end: number): ChunkReference;
  /** Gives up pieces whose publish will not come. A publish that names them gives them up itself. */
  releaseChunks(chunks: readonly ChunkReference[]): void;
  /** The last record that is on disk. */
  readonly durableSequence: number;
  /** Called after each sync with the new `durableSequence`. Returns how to stop listening. */
  onDurable(listener: (sequence: number) => void): () => void;
  readonly alarms: ReadonlySet<Alarm>;
  onAlarm(listener: (alarms: ReadonlySet<Alarm>) => void): () => void;
  /** True while unsynced bytes exceed their bound: stop reading from publishers until `onPressure(false)`. */
  readonly pressure: boolean;
  onPressure(listener: (pressure: boolean) => void): () => void;
}
