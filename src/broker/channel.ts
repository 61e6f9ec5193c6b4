/**
 * One channel: its consumers, its deliveries, its transaction. It checks what the client asks against the state and
 * hands the work to the part that does it. Invariant: after `close` nothing of it is left in any queue.
 */
import { assert, SluiceError } from '../kernel/index.js';
import { ChannelReplies } from './channel-replies.js';
import { ChannelTopology } from './channel-topology.js';
import type { Connection } from './connection.js';
import type { Consumer, DeliveryGate } from './consumer.js';
import {
  checkExclusivity,
  newConsumer,
  readConsumerSettings,
  type ConsumerSettings,
} from './consumer-settings.js';
import type { BrokerCore } from './core.js';
import { ReturnCause } from './custody/custody-runs.js';
import type { MessageHolder } from './administration-face.js';
import type {
  Answer,
  BrokerChannel,
  ChannelHoldings,
  ChannelSink,
  CommitOutcome,
  ConsumeRequest,
  FailureReport,
  GetReply,
  InboundMessage,
  PublishOutcome,
  RetryOptions,
} from './face.js';
import { Getter } from './getter.js';
import { newRouteMemo } from './route-memo.js';
import type { Queue } from './queue.js';
import { failureLetter } from './failure-letter.js';
import { delayMsMax } from './queue-settings.js';
import { RequeueKind } from './record-types.js';
import { RecordsOfChannel } from './records/channel-records.js';
import type {
  ChannelRecords,
  CompletionOutcome,
  ConditionalPublish,
  RecordDeferred,
  RecordPut,
} from './records/face.js';
import { asksForDirectReply, replyQueueName } from './reply-targets.js';
import { newSettledCounts } from './settled-counts.js';
import { Settlement, type Overdue, type Settling } from './settlement.js';
import type { VirtualHost } from './state.js';
import { copyOf, holdingsOf, publishAll, Transaction } from './transaction.js';
import { Unacknowledged } from './unacknowledged.js';

export class Channel extends ChannelTopology implements BrokerChannel {
  readonly #core: BrokerCore;
  readonly #connection: Connection;
  readonly #vhost: VirtualHost;
  readonly #gate: DeliveryGate;
  readonly #settlement: Settlement;
  readonly #getter: Getter;
  readonly #consumers = new Map<string, { readonly consumer: Consumer; readonly queue: Queue }>();
  readonly #memo = newRouteMemo();
  readonly #records: RecordsOfChannel;
  readonly #replies: ChannelReplies;
  #transaction: Transaction | undefined = undefined;
  #prefetch = 0;
  #isFlowing = true;
  #isClosed = false;
  publishSequence = 0;
  readonly settled = newSettledCounts();

  constructor(core: BrokerCore, connection: Connection, sink: ChannelSink) {
    super(core, connection);
    this.#core = core;
    this.#connection = connection;
    this.#vhost = connection.vhost;
    this.#gate = {
      client: connection.clientOf(sink),
      party: connection.party,
      sink,
      unacknowledged: new Unacknowledged(),
      settled: this.settled,
      isOpen: () => this.#isFlowing && connection.isWritable,
      sharedPrefetch: 0,
      sharedCount: 0,
      endConsumer: (ended) => this.#endConsumer(ended),
    };
    this.#settlement = new Settlement(core, this.#gate);
    this.#getter = new Getter(core, this.#gate, this.#settlement);
    this.#replies = new ChannelReplies(core, this.#gate);
    this.#records = new RecordsOfChannel(core.records, connection.vhost, () => this.#transaction);
  }

  get holdings(): ChannelHoldings {
    return holdingsOf(this.#gate, this.#prefetch, this.#transaction);
  }

  publish(message: InboundMessage): PublishOutcome {
    if (message.scan.replyToStart >= 0 && asksForDirectReply(message)) this.#replies.address(message);
    if (this.#transaction === undefined) return this.#publishNow(message);
    this.#core.publisher.check(this.#vhost, message);
    this.#transaction.messages.push(copyOf(message, this.#core.store));
    return 'routed';
  }

  #publishNow(message: InboundMessage): PublishOutcome {
    const core = this.#core;
    if (message.exchange === '' && core.replyTargets.isReplyName(message.routingKey)) {
      this.publishSequence = 0;
      return this.#replies.publish(message);
    }
    const outcome = core.publisher.publish(this.#vhost, message, this.#memo, this.#gate.party);
    this.publishSequence = core.publisher.sequence;
    if (message.chunks !== undefined) core.looseChunks.release(message.chunks);
    return outcome;
  }

  consume(request: ConsumeRequest): string {
    const tag = request.consumerTag || `amq.ctag-${this.#core.random.bytes(16).toString('base64url')}`;
    if (this.#consumers.has(tag) || this.#replies.consumerTag === tag) {
      throw new SluiceError('refused', `attempt to reuse consumer tag '${tag}'`);
    }
    if (request.queue === replyQueueName) return this.#replies.consume(request, tag);
    const queue = this.#core.topology.queue(
      this.#vhost,
      this.resolveQueueName(request.queue),
      this.#connection,
    );
    const settings = readConsumerSettings(queue, request);
    checkExclusivity(queue, request.exclusive);
    this.#addConsumer(queue, tag, request, settings);
    return tag;
  }

  #addConsumer(queue: Queue, tag: string, request: ConsumeRequest, settings: ConsumerSettings): void {
    const holder = this.#settlement.newHolder(queue);
    const consumer = newConsumer(request, settings, {
      tag,
      gate: this.#gate,
      holder,
      prefetch: this.#prefetch,
    });
    this.#settlement.setConsumer(holder, consumer);
    queue.addConsumer(consumer);
    this.#consumers.set(tag, { consumer, queue });
    this.#core.used(queue);
  }

  start(consumerTag: string): void {
    const entry = this.#consumers.get(consumerTag);
    if (entry === undefined) return;
    entry.consumer.isStarted = true;
    entry.queue.isIdle = false;
    this.#core.dispatcher.request(entry.queue);
  }

  cancel(consumerTag: string): boolean {
    if (this.#replies.consumerTag === consumerTag) {
      this.#replies.cancel();
      return true;
    }
    const entry = this.#consumers.get(consumerTag);
    if (entry === undefined) return false;
    this.#removeConsumer(entry.consumer, entry.queue);
    return true;
  }

  #removeConsumer(consumer: Consumer, queue: Queue): void {
    this.#consumers.delete(consumer.tag);
    queue.consumers.remove(consumer);
    this.#settlement.consumerEnded(consumer);
    if (queue.isDeleted) return;
    queue.isIdle = false;
    this.#core.used(queue);
    if (queue.autoDelete && queue.consumers.count === 0) this.#core.topology.removeQueue(queue);
    else this.#core.dispatcher.request(queue);
  }

  /** Who of this channel has a message, and since when; undefined: nobody. */
  holderOf(queue: Queue, position: number): Pick<MessageHolder, 'consumerTag' | 'sinceMs'> | undefined {
    return this.#settlement.holderOf(queue, position);
  }

  /** The broker took the queue away: its consumers here hear of it. */
  queueRemoved(queue: Queue): void {
    for (const { consumer, queue: consumed } of [...this.#consumers.values()]) {
      if (consumed !== queue) continue;
      this.#consumers.delete(consumer.tag);
      this.#settlement.consumerEnded(consumer);
      this.#gate.sink.consumerCancelled(consumer.tag);
    }
  }

  get(queueName: string, noAck: boolean, reply: (answer: GetReply) => void): void {
    const queue = this.#core.topology.queue(this.#vhost, this.resolveQueueName(queueName), this.#connection);
    this.#core.used(queue);
    this.#getter.get(queue, noAck, reply);
  }

  acknowledge(deliveryTag: number, multiple: boolean): void {
    this.#settle(deliveryTag, multiple, 'acknowledge');
  }

  reject(deliveryTag: number, multiple: boolean, requeue: boolean): void {
    this.#settle(deliveryTag, multiple, requeue ? 'requeue' : 'reject');
  }

  giveBack(deliveryTag: number, multiple: boolean): void {
    this.#settle(deliveryTag, multiple, 'give-back');
  }

  retry(deliveryTag: number, { afterMs }: RetryOptions): number {
    if (!(afterMs >= 0 && afterMs <= delayMsMax))
      throw new SluiceError('bad-input', `a retry comes after 0 to ${delayMsMax} ms, not ${afterMs}`);
    this.#settle(deliveryTag, false, { kind: 'retry', afterMs });
    return this.#core.recorder.lastSequence;
  }

  deadLetter(deliveryTag: number, failure: FailureReport): number {
    const queue = this.#settlement.queueOf(deliveryTag);
    if (queue === undefined) return 0;
    const letter = failureLetter(this.#vhost, queue, failure);
    this.#settle(deliveryTag, false, { kind: 'dead-letter', letter });
    return this.#core.recorder.lastSequence;
  }

  #settle(tag: number, multiple: boolean, kind: Settling): void {
    if (this.#transaction === undefined) {
      this.#settlement.settle(tag, multiple, kind);
      return;
    }
    this.#settlement.check(tag, multiple);
    this.#transaction.putOff(this.#gate.unacknowledged, tag, multiple, kind);
  }

  holds(deliveryTag: number): boolean {
    return this.#settlement.deliveryOf(deliveryTag) !== undefined;
  }

  complete(tag: number, put: RecordPut): CompletionOutcome | RecordDeferred {
    const delivery = this.#settlement.deliveryOf(tag);
    if (delivery === undefined) return { kind: 'lost' };
    if (this.#transaction !== undefined) {
      const deferred = this.#records.defer(put);
      this.#settle(tag, false, 'acknowledge');
      return deferred;
    }
    const { queue, position } = delivery;
    const held = this.#settlement.heldOf(tag);
    const recorded = queue.isJournaled ? { queue: queue.id, position, held } : undefined;
    const outcome = this.#core.records.keeper.put(this.#vhost, put, recorded);
    if (outcome.kind === 'written') this.#settlement.completed(tag);
    return outcome;
  }

  publishIf(message: InboundMessage, put: RecordPut): ConditionalPublish | RecordDeferred {
    if (this.#transaction !== undefined) {
      this.publish(message);
      return this.#records.defer(put);
    }
    const conflict = this.#records.conflictIn([put]);
    if (conflict !== undefined) return conflict;
    this.#core.publisher.check(this.#vhost, message);
    return this.#core.recorder.atomically(() => {
      const outcome = this.publish(message);
      if (outcome !== 'routed') return { kind: 'published', outcome, version: undefined };
      this.#records.apply([put]);
      this.publishSequence = this.#core.recorder.lastSequence;
      return { kind: 'published', outcome, version: this.publishSequence };
    });
  }

  get records(): ChannelRecords {
    return this.#records;
  }

  checkReplyTo(replyTo: string): void {
    this.#replies.check(replyTo);
  }

  answer(answer: Answer): void {
    this.#replies.answer(this.#vhost, answer);
  }

  recover(requeue: boolean): void {
    if (!requeue) throw new SluiceError('not-implemented', 'recover without requeue is not supported');
    const last = this.#gate.unacknowledged.next - 1;
    this.#settlement.requeue(1, last, RequeueKind.returned, ReturnCause.client, this.#transaction?.tags);
  }

  setPrefetch(count: number, shared: boolean): void {
    if (shared) this.#gate.sharedPrefetch = count;
    else this.#prefetch = count;
    if (shared) this.#settlement.wake();
  }

  setFlow(active: boolean): void {
    this.#isFlowing = active;
    if (active) this.wake();
  }

  /** Its consumers may have credit again. */
  wake(): void {
    this.#settlement.wake();
  }

  selectTransaction(): void {
    this.#transaction ??= new Transaction();
  }

  atomically(run: () => void): CommitOutcome | RecordDeferred {
    if (this.#transaction !== undefined) {
      this.#transaction.extend(run, this.#core.looseChunks);
      return { kind: 'deferred' };
    }
    this.#transaction = new Transaction();
    try {
      run();
      return this.commitTransaction();
    } catch (error) {
      this.rollbackTransaction();
      throw error;
    } finally {
      this.#transaction = undefined;
    }
  }

  commitTransaction(): CommitOutcome {
    const transaction = this.#openTransaction();
    const { messages, settlements, changes } = transaction;
    const { publisher, recorder } = this.#core;
    // All that can be refused is refused before anything is done: topology and records may have changed since.
    for (const message of messages) publisher.check(this.#vhost, message);
    const conflict = this.#records.conflictIn(changes);
    if (conflict !== undefined) {
      this.rollbackTransaction();
      return conflict;
    }
    transaction.clear();
    const result = recorder.atomically(() => {
      const published = publishAll(messages, (message) => this.#publishNow(message));
      for (const { tag, kind } of settlements) this.#settlement.settle(tag, false, kind);
      this.#records.apply(changes);
      recorder.flushSettled();
      return published;
    });
    return { kind: 'committed', sequence: recorder.lastSequence, ...result };
  }

  #openTransaction(): Transaction {
    if (this.#transaction === undefined)
      throw new SluiceError('precondition-failed', 'channel is not transactional');
    return this.#transaction;
  }

  rollbackTransaction(): void {
    this.#openTransaction().giveUp(this.#core.looseChunks);
  }

  /** Ends what holds a delivery for too long: on a quorum queue the consumer, where its client hears of it. */
  endOverdue(nowMs: number, defaultTimeoutMs: number): void {
    for (;;) {
      const overdue = this.#settlement.overdue(nowMs, defaultTimeoutMs);
      if (overdue === undefined) return;
      if (overdue.queue.settings.type !== 'quorum' || !this.#endConsumer(overdue)) {
        this.#gate.sink.channelFailed('precondition-failed', overdue.message);
        return;
      }
    }
  }

  /** Gives the queue back what was held. False: the client cannot be told. */
  #endConsumer({ holder, queue, consumer, cause }: Overdue): boolean {
    const isConsuming = consumer !== undefined && this.#consumers.get(consumer.tag)?.consumer === consumer;
    if (isConsuming) queue.consumers.remove(consumer);
    this.#settlement.lapse(holder, cause);
    if (consumer === undefined || this.#gate.sink.hearsCancels === false) return false;
    if (!isConsuming) return true;
    this.#removeConsumer(consumer, queue);
    this.#gate.sink.consumerCancelled(consumer.tag);
    return true;
  }

  close(cause: ReturnCause = ReturnCause.channelClosed): number {
    if (this.#isClosed) return 0;
    this.#isClosed = true;
    this.#getter.isClosed = true;
    this.#connection.channels.delete(this);
    const ended = [...this.#consumers.values()];
    this.#consumers.clear();
    for (const { consumer, queue } of ended) queue.consumers.remove(consumer);
    this.#settlement.requeue(1, this.#gate.unacknowledged.next - 1, RequeueKind.failed, cause);
    assert(this.#gate.unacknowledged.count === 0, 'a closed channel holds nothing');
    for (const { consumer, queue } of ended) this.#removeConsumer(consumer, queue);
    this.#replies.cancel();
    if (this.#transaction !== undefined) this.rollbackTransaction();
    this.#records.close();
    this.#core.recorder.flushSettled();
    return this.#core.journal.lastSequence;
  }
}
