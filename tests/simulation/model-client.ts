/**
 * A client with one channel. It publishes, consumes and settles as the dice say, sees only what the wire lets through,
 * and writes everything it learns into the ledger.
 */
import {
  fieldTable,
  type BrokerChannel,
  type BrokerConnection,
  type ChannelSink,
  type CommitOutcome,
  type MessageView,
  type RecordPut,
} from '../../src/broker/index.js';
import { inboundMessage } from './inbound-message.js';
import type { Copy } from './ledger.js';
import { bodyOf, idOf } from './message-body.js';
import { appendChunks, headersFor } from './publish-choice.js';
import { hasMorgue, planOf, type PlannedRoute } from './queue-plan.js';
import { RecordClient } from './record-client.js';
import { TransactionModel, type How } from './transaction-model.js';
import { Wire } from './wire.js';
import type { World } from './world.js';

/** A delivery that is not settled. */
interface Outstanding {
  readonly tag: number;
  readonly copy: Copy;
  readonly isGotten: boolean;
  isSeen: boolean;
}

interface Consumption {
  readonly queue: string;
  readonly noAck: boolean;
  readonly isGet?: boolean;
}

export class ModelClient {
  readonly #world: World;
  readonly connection: BrokerConnection;
  readonly channel: BrokerChannel;
  /** By tag, in order. */
  readonly outstanding = new Map<number, Outstanding>();
  readonly consumptions = new Map<string, Consumption>();
  readonly wire: Wire;
  readonly records: RecordClient;
  #transaction: TransactionModel | undefined;
  readonly #publisher: number;
  #ordinal = 0;
  prefetch = 0;
  isFlowing = true;
  isWritable = true;
  #isClosed = false;

  constructor(world: World, publisher: number, isTransactional: boolean) {
    this.#world = world;
    this.#publisher = publisher;
    this.wire = new Wire(world.process, world.isEarly);
    this.connection = world.broker.connect({ name: `client-${publisher}`, user: 'guest', vhost: '/' });
    this.channel = this.connection.openChannel(this.#sink());
    this.records = new RecordClient(world, this.channel, this.wire, isTransactional);
    if (!isTransactional) return;
    this.channel.selectTransaction();
    this.#transaction = new TransactionModel(world.ledger, this.wire);
  }

  get isTransactional(): boolean {
    return this.#transaction !== undefined;
  }

  #sink(): ChannelSink {
    return {
      deliver: (consumerTag, _bytes, deliveryTag, redelivered, message, releaseSequence) => {
        const consumption = this.consumptions.get(consumerTag);
        if (consumption === undefined) this.#world.ledger.report('a delivery to a consumer that has ended');
        else this.#take(consumption, deliveryTag, redelivered, message, releaseSequence);
      },
      consumerCancelled: (consumerTag) => {
        this.consumptions.delete(consumerTag);
      },
      channelFailed: (_code, message) => {
        this.#world.ledger.report(`a channel failed: ${message}`);
      },
    };
  }

  /** Takes what the broker hands out; the client sees it when the wire lets it through. */
  #take(
    { queue, noAck, isGet = false }: Consumption,
    tag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void {
    const { ledger, watch, clock, process } = this.#world;
    if (process.hasEnded) return;
    const id = idOf(message.bodyBuffer, message.bodyStart, message.bodyEnd);
    if (id < 0) ledger.report(`a body from ${queue} that nobody sent`);
    const copy = ledger.expected(queue, id);
    if (copy === undefined) return;
    ledger.note(copy, `@${clock.now() % 1e6} to ${this.#publisher}${noAck ? '!' : ''}`);
    if (ledger.pauses.isPaused(queue)) ledger.report('delivered from a paused queue', copy);
    if (ledger.isAwaiting(copy)) ledger.report('delivered before its records were written', copy);
    if (copy.dueMs > clock.now()) ledger.report('delivered before its delay has passed', copy);
    if (copy.heldBackInLife === ledger.life && copy.heldBackUntilMs > clock.now())
      ledger.report('retried before its delay has passed', copy);
    if (copy.expiresMs <= clock.now()) ledger.report('delivered after it has expired', copy);
    ledger.dispatch(copy, redelivered);
    watch.dispatched(copy, redelivered);
    if (noAck) {
      copy.settlement = 'requested';
      copy.isAcknowledged = true;
      watch.settled(copy);
    } else {
      this.outstanding.set(tag, { tag, copy, isGotten: isGet, isSeen: false });
    }
    this.wire.when(releaseSequence, () => {
      if (this.#isClosed) return;
      if (ledger.isAwaiting(copy, process.durableSequence))
        ledger.report('seen before its records were durable', copy);
      ledger.see(copy, this.#world.isDraining);
      const held = this.outstanding.get(tag);
      if (held !== undefined) held.isSeen = true;
      if (noAck) this.#world.requested.push(copy);
    });
  }

  publish(route: PlannedRoute): void {
    const { random } = this.#world;
    const isLarge = random.next() < 0.004;
    this.publishSized(route, isLarge ? 80_000 + random.integer(150_000) : random.integer(600));
  }

  publishSized(route: PlannedRoute, bytes: number): void {
    const { ledger, random, clock, watch } = this.#world;
    const id = ledger.nextId++;
    const ordinal = ++this.#ordinal;
    // In a quorum queue every message outlives a crash, but not so among its dead letters.
    const isPersistent = route.queues.includes('quorum') || random.next() < 0.9;
    const headers = headersFor(this.#world, route.headers);
    // A transaction's messages expire from its commit on, which nobody knows yet.
    const expirationMs = random.next() < 0.05 && !this.isTransactional ? random.integer(800) : undefined;
    const dueMs = headers['x-delay'] === undefined ? 0 : clock.now() + Number(headers['x-delay']);
    const properties = {
      deliveryMode: isPersistent ? 2 : 1,
      // A quorum queue has two priorities of its own.
      ...(route.queues.includes('quorum') ? {} : { priority: random.integer(7) }),
      ...(expirationMs === undefined ? {} : { expiration: `${expirationMs}` }),
    };
    const body = bodyOf(id, bytes);
    const chunks = bytes > 65_536 ? appendChunks(this.#world, body) : undefined;
    const { exchange, routingKey } = route;
    const message = inboundMessage({
      exchange,
      routingKey,
      headers,
      properties,
      ...(chunks === undefined ? { body } : { chunks }),
    });
    const copies = route.queues.map((queue) =>
      ledger.send({
        history: [`${ledger.life}:sent@${clock.now() % 1e6}`],
        id,
        queue,
        isPersistent,
        ordinal,
        publisher: this.#publisher,
        key: headers['x-key'] as string | undefined,
        tenant: headers['x-tenant'] as string | undefined,
        dueMs,
        expiresMs: this.#expiresMs(route, queue, dueMs, expirationMs),
        mayExpire: expirationMs !== undefined || planOf(queue)?.ttlMs !== undefined,
        mayVanish: (planOf(queue)?.isLasting === false || expirationMs !== undefined) && !hasMorgue(queue),
        transaction: this.#transaction?.current,
        after: (headers['x-after'] as string[] | undefined) ?? [],
      }),
    );
    if (this.#transaction !== undefined) {
      this.channel.publish(message);
      this.#transaction.published(copies);
      return;
    }
    ledger.enter(copies, this.#world.broker.journal.lastSequence);
    for (const copy of copies) watch.published(copy);
    const outcome = this.channel.publish(message);
    if (outcome !== 'routed') {
      for (const copy of copies) {
        copy.isRefused = true;
        watch.settled(copy);
      }
      return;
    }
    this.wire.when(this.channel.publishSequence, () => {
      for (const copy of copies) {
        copy.isConfirmed = true;
        ledger.note(copy, 'confirmed');
      }
    });
  }

  /**
   * Infinity also where the broker counts from a moment that the client does not know, and for no time to live at
   * all: such a message is offered once, which may take a read from disk.
   */
  #expiresMs(route: PlannedRoute, queue: string, dueMs: number, expirationMs: number | undefined): number {
    if (route.exchange === 'later' || this.isTransactional || expirationMs === 0) return Infinity;
    const liveMs = Math.min(expirationMs ?? Infinity, planOf(queue)?.ttlMs ?? Infinity);
    return Math.max(dueMs, this.#world.clock.now()) + liveMs;
  }

  consume(queue: string, noAck: boolean): void {
    const consumerTag = this.channel.consume({
      queue,
      consumerTag: '',
      noAck,
      exclusive: false,
      arguments: fieldTable({ 'x-priority': this.#world.random.integer(2) }),
    });
    this.consumptions.set(consumerTag, { queue, noAck });
    this.channel.start(consumerTag);
  }

  cancel(consumerTag: string): void {
    this.channel.cancel(consumerTag);
    this.consumptions.delete(consumerTag);
  }

  get(queue: string, noAck: boolean): void {
    this.channel.get(queue, noAck, (answer) => {
      if (answer.kind === 'failed') this.#world.ledger.report(`a get failed: ${answer.message}`);
      if (answer.kind !== 'message') return;
      const { deliveryTag, redelivered, message, releaseSequence } = answer;
      this.#take({ queue, noAck, isGet: true }, deliveryTag, redelivered, message, releaseSequence);
    });
  }

  /** Those that the client knows of and has not put into a transaction. */
  seen(): Outstanding[] {
    return [...this.outstanding.values()].filter(
      ({ isSeen, tag }) => isSeen && this.#transaction?.holds(tag) !== true,
    );
  }

  /** Whether every delivery up to a tag has been seen, so that a client could name them together. */
  mayNameTogether(tag: number): boolean {
    return [...this.outstanding.values()].every(
      (one) => one.tag > tag || (one.isSeen && this.#transaction?.holds(one.tag) !== true),
    );
  }

  settle(tag: number, multiple: boolean, how: How): void {
    const meant = [...this.outstanding.values()].filter((one) =>
      multiple ? one.tag <= tag : one.tag === tag,
    );
    if (this.#transaction !== undefined) {
      for (const { tag: each, copy } of meant) this.#transaction.settled(each, copy, how);
    } else {
      for (const one of meant) this.#noteSettled(one, how);
    }
    if (how === 'acknowledge') this.channel.acknowledge(tag, multiple);
    else if (how === 'retry') this.#retry(tag, meant[0]!.copy);
    else if (how === 'bury')
      this.channel.deadLetter(tag, { headers: fieldTable({ 'x-failure-reason': 'dice' }) });
    else this.channel.reject(tag, multiple, how === 'requeue');
  }

  /** Acknowledges with a record, as one step. */
  complete(tag: number, put: RecordPut): void {
    const one = this.outstanding.get(tag)!;
    const { copy } = one;
    const outcome = this.records.complete(tag, put);
    if (outcome.kind === 'deferred') this.#transaction!.settled(tag, copy, 'acknowledge');
    if (outcome.kind !== 'written') return;
    this.#noteSettled(one, 'acknowledge');
    const settled = [{ copy, how: 'acknowledge' as const }];
    this.#world.ledger.steps.add({ until: outcome.version, published: [], settled });
  }

  /** What `run` does is one step, without a transaction. */
  commitAtOnce(run: () => void): void {
    const { ledger, broker } = this.#world;
    this.#transaction = new TransactionModel(ledger, this.wire);
    this.records.beginStep();
    let before = 0;
    let willConflict = false;
    const outcome = this.channel.atomically(() => {
      run();
      // Pieces of large bodies are no part of the step.
      before = broker.journal.lastSequence;
      willConflict = this.#beginCommit();
    });
    if (outcome.kind !== 'deferred') this.#endCommit(before, willConflict, outcome);
    this.records.endStep();
    this.#transaction = undefined;
  }

  #noteSettled({ tag, copy }: Pick<Outstanding, 'tag' | 'copy'>, how: How): void {
    this.outstanding.delete(tag);
    this.#world.ledger.note(copy, how);
    this.#world.watch.returned(copy);
    if (how === 'requeue' || how === 'retry') return;
    this.#world.watch.settled(copy);
    if (how === 'acknowledge') copy.isAcknowledged = true;
    else copy.isRejected = true;
    // A rejected message is only gone for good once it is among the dead letters, which may take a read from disk.
    if (how !== 'acknowledge' && hasMorgue(copy.queue)) return;
    copy.settlement = 'requested';
    this.#world.requested.push(copy);
  }

  #retry(tag: number, copy: Copy): void {
    const { random, ledger, clock } = this.#world;
    const afterMs = random.integer(3) * 100;
    // A transaction may be rolled back, and begins to wait at its commit.
    if (!this.isTransactional) {
      copy.heldBackInLife = ledger.life;
      copy.heldBackUntilMs = clock.now() + afterMs;
    }
    this.channel.retry(tag, { afterMs });
  }

  recover(): void {
    for (const one of [...this.outstanding.values()])
      if (this.#transaction?.holds(one.tag) !== true) this.#noteSettled(one, 'requeue');
    this.channel.recover(true);
  }

  commit(): void {
    const before = this.#world.broker.journal.lastSequence;
    const willConflict = this.#beginCommit();
    this.#endCommit(before, willConflict, this.channel.commitTransaction());
  }

  /** Notes what a commit is about to do, deliveries to this client among it; true: nothing, as records are in its way. */
  #beginCommit(): boolean {
    if (this.records.willConflict) return true;
    const transaction = this.#transaction!;
    for (const { tag, copy, how } of transaction.settlements()) this.#noteSettled({ tag, copy }, how);
    this.#world.ledger.enter(transaction.publishes(), this.#world.broker.journal.lastSequence);
    for (const copy of transaction.publishes()) this.#world.watch.published(copy);
    return false;
  }

  #endCommit(before: number, willConflict: boolean, outcome: CommitOutcome): void {
    const { ledger } = this.#world;
    if ((outcome.kind === 'conflict') !== willConflict)
      ledger.report(`a commit was ${outcome.kind}, against what stands in the records`);
    if (outcome.kind !== 'committed') {
      this.records.rolledBack();
      this.#transaction!.rollback();
      return;
    }
    this.records.committed(before, outcome.sequence);
    this.#transaction!.commit(outcome.sequence, outcome.rejected);
  }

  rollback(): void {
    this.channel.rollbackTransaction();
    this.records.rolledBack();
    this.#transaction!.rollback();
  }

  setPrefetch(count: number): void {
    this.prefetch = count;
    this.channel.setPrefetch(count, true);
  }

  setFlow(active: boolean): void {
    this.isFlowing = active;
    this.channel.setFlow(active);
  }

  setWritable(writable: boolean): void {
    this.isWritable = writable;
    this.connection.setWritable(writable);
  }

  /** Whether one more delivery could be made to it now. */
  get hasCredit(): boolean {
    if (!this.isFlowing || !this.isWritable) return false;
    if (this.prefetch === 0) return true;
    return [...this.outstanding.values()].filter(({ isGotten }) => !isGotten).length < this.prefetch;
  }

  close(): void {
    for (const one of [...this.outstanding.values()]) this.#noteSettled(one, 'requeue');
    this.#isClosed = true;
    this.consumptions.clear();
    this.records.close();
    this.#transaction?.rollback();
    this.connection.close();
  }
}
