/**
 * Brings ready messages to consumers, lets the expired ones go, and cuts queues to their limits. It runs when asked,
 * in slices; what it decides is settled through the recorder. Invariant: a message is with one consumer at most, and
 * is only handed over with its body at hand.
 */
import type { Journal } from '../journal/index.js';
import type { Clock, SluiceError } from '../kernel/index.js';
import { expiresAtOnce } from './backlog.js';
import type { Consumer } from './consumer.js';
import type { Party } from './custody/party.js';
import type { ChannelSink, MessageView } from './face.js';
import type { Meters } from './measures/meters.js';
import type { MessageStore } from './message-store.js';
import { EntryState, pageEntries, type Page } from './page.js';
import { PublishFlag } from './publish-record.js';
import type { DeathReason, Queue } from './queue.js';
import { readersView } from './readers-view.js';
import type { Held, Recorder } from './recorder.js';
import { SettleReason } from './record-types.js';
import type { BrokerState } from './state.js';

/** Deliveries or expiries of one queue before others get their turn. */
const sliceMessages = 256;

/** Expired messages on their way elsewhere above which no more are sent off. */
const movesMax = 1_024;

/** What the dispatcher asks of others. */
export interface DispatchPort {
  /** Calls back before the current turn of the event loop ends. */
  soon(run: () => void): void;
  /** Calls back in a later turn, after sockets had theirs. */
  later(run: () => void): void;
  /** Sends a message that left `queue` to its dead-letter exchange, or lets it go. */
  bury(queue: Queue, position: number, reason: DeathReason): void;
  /** A body could not be read. */
  unreadable(queue: Queue, position: number, error: SluiceError): void;
  /** The queue's head or limits changed: its timer may have to move. */
  reschedule(queue: Queue): void;
}

export class Dispatcher {
  readonly #state: BrokerState;
  readonly #journal: Journal;
  readonly #recorder: Recorder;
  readonly #store: MessageStore;
  readonly #clock: Clock;
  readonly #meters: Meters;
  readonly #port: DispatchPort;
  #waiting: Queue[] = [];
  /** Longer than they may be, by more than was dropped at once. */
  readonly #tooLong = new Set<Queue>();
  #isStopped = false;

  constructor(
    state: BrokerState,
    journal: Journal,
    recorder: Recorder,
    store: MessageStore,
    clock: Clock,
    meters: Meters,
    port: DispatchPort,
  ) {
    this.#state = state;
    this.#journal = journal;
    this.#recorder = recorder;
    this.#store = store;
    this.#clock = clock;
    this.#meters = meters;
    this.#port = port;
    // Deliveries decided now leave with the batch that is about to be sealed.
    journal.beforeSeal(() => {
      this.run();
    });
  }

  /** Asks that a queue be looked at before the turn ends. */
  request(queue: Queue): void {
    // Nobody could take what is there now.
    if (queue.isIdle) queue.offeredBelow = queue.backlog.tail;
    if (queue.isDispatchQueued || queue.isIdle || queue.isDeleted) return;
    if (queue.consumers.count === 0 && !queue.watchesExpiry) return;
    queue.isDispatchQueued = true;
    this.#waiting.push(queue);
    if (this.#waiting.length === 1) {
      this.#port.soon(() => {
        this.run();
      });
    }
  }

  /** Neither delivers nor lets anything expire any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Looks at every queue that asked. */
  run(): void {
    if (this.#waiting.length === 0 || this.#isStopped) return;
    const queues = this.#waiting;
    this.#waiting = [];
    for (const queue of queues) {
      queue.isDispatchQueued = false;
      if (!queue.isDeleted) this.#dispatch(queue);
    }
  }

  #dispatch(queue: Queue): void {
    if (queue.isLoading) return;
    const nowMs = this.#clock.now();
    let left = sliceMessages;
    while (left > 0 && this.#step(queue, nowMs)) left--;
    if (left === 0) this.#continueLater(queue);
    else this.#noteOffered(queue);
    if (queue.watchesExpiry || queue.pace.endsMs < Infinity) this.#port.reschedule(queue);
  }

  /** Everything in the queue was offered, unless a body is still on its way from the disk. */
  #noteOffered(queue: Queue): void {
    if (!queue.isLoading) queue.offeredBelow = queue.backlog.tail;
  }

  /** Delivers the first message, or lets it expire. False: nothing more can be done now. */
  #step(queue: Queue, nowMs: number): boolean {
    const position = queue.pace.firstAt(nowMs);
    if (position < 0) {
      if (queue.isStarved) this.#meters.fed(queue, nowMs);
      return false;
    }
    const hasExpired = queue.watchesExpiry && queue.expiryAt(position) <= nowMs;
    if (!hasExpired && !queue.pace.mayDeliver(nowMs)) return false;
    const consumer = hasExpired && !isFresh(queue, position) ? undefined : queue.consumers.choose();
    if (!hasExpired || consumer !== undefined) return this.#offer(queue, position, consumer, nowMs);
    if (queue.moves.length >= movesMax) return false;
    this.expire(queue, position);
    return true;
  }

  /** False: nobody takes the message now. */
  #offer(queue: Queue, position: number, consumer: Consumer | undefined, nowMs: number): boolean {
    if (consumer === undefined) {
      queue.isIdle = queue.consumers.count > 0;
      if (queue.isIdle) this.#meters.starved(queue, nowMs);
      return false;
    }
    if (!this.prepare(queue, position, consumer.gate.sink)) {
      this.#load(queue, position);
      return false;
    }
    this.#deliver(queue, position, consumer, nowMs);
    return true;
  }

  /**
   * Delivers what consumers can take, without waiting for the end of the turn: a full queue may then have room.
   * Nothing expires, so nothing is published while somebody publishes.
   */
  deliverNow(queue: Queue): void {
    if (queue.consumers.count === 0 || this.#isStopped) return;
    const nowMs = this.#clock.now();
    for (let left = sliceMessages; left > 0; left--) {
      const position = queue.pace.firstAt(nowMs);
      if (position < 0 || queue.isIdle || queue.isLoading) return;
      if (!queue.pace.mayDeliver(nowMs)) return;
      if (queue.watchesExpiry && queue.expiryAt(position) <= nowMs && !isFresh(queue, position)) return;
      if (!this.#offer(queue, position, queue.consumers.choose(), nowMs)) return;
    }
  }

  #continueLater(queue: Queue): void {
    this.#port.later(() => {
      this.request(queue);
    });
  }

  #load(queue: Queue, position: number): void {
    queue.isLoading = true;
    this.#store.load((error) => {
      queue.isLoading = false;
      if (queue.isDeleted) return;
      if (error !== undefined) this.giveUp(queue, position, error);
      this.request(queue);
    });
  }

  /** The message at a position cannot be read: it stands aside, and those behind it may pass. */
  giveUp(queue: Queue, position: number, error: SluiceError): void {
    if (queue.backlog.stateAt(position) !== EntryState.ready) return;
    this.#port.unreadable(queue, position, error);
    this.headChanged(queue);
  }

  #deliver(queue: Queue, position: number, consumer: Consumer, nowMs: number): void {
    const page = queue.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    const release = this.releaseSequence(queue, page.isTransient(slot));
    const redelivered = page.isRedelivered(slot);
    const message = this.viewFor(queue, page, slot);
    queue.pace.serve(position, nowMs);
    queue.counters.delivered++;
    consumer.delivered++;
    this.#meters.delivered(queue, page, position, this.#store.view, nowMs);
    if (redelivered) {
      queue.counters.redelivered++;
      consumer.redelivered++;
    }
    const tag = this.#hold(queue, position, consumer, nowMs);
    consumer.gate.sink.deliver(consumer.tag, consumer.tagBytes, tag, redelivered, message, release);
  }

  /**
   * Makes ready to hand a message over: the mark that it may have left is in the journal, and the store's view shows
   * it as the sink takes it. False: part of it must be loaded first.
   */
  prepare(queue: Queue, position: number, sink: ChannelSink): boolean {
    // Before the view is made: a record may take the place of the bytes that a view points at.
    if (
      position >= queue.deliveredMark &&
      !queue.backlog.pageOf(position)!.isTransient(position % pageEntries)
    )
      this.#recorder.markDelivered(queue, position);
    return this.#store.find(queue, position, sink.takesPieces);
  }

  /**
   * What must be durable before the message in the store's view leaves: it, the mark that it may have left, and the end
   * of what it waited for, as far as that is recorded (a bare acknowledgement may be lost in a crash).
   */
  releaseSequence(queue: Queue, isTransient: boolean): number {
    if (queue.freedSequence === Infinity) queue.freedSequence = this.#recorder.lastSequence;
    const own = isTransient ? 0 : Math.max(this.#store.sequence, queue.deliveredMarkSequence);
    const sequence = Math.max(own, queue.freedSequence);
    return sequence > this.#journal.durableSequence ? sequence : 0;
  }

  /** The message in the store's view as its reader gets it. */
  viewFor(queue: Queue, page: Page, slot: number): MessageView {
    const { view, flags } = this.#store;
    const hidesBlindCopies = (flags & PublishFlag.blindCopies) !== 0;
    const acquiredCount = queue.settings.type === 'quorum' ? page.acquiredCount(slot) : 0;
    const isCounted = acquiredCount !== 0 || page.isHeldBack(slot);
    if (!hidesBlindCopies && !isCounted) return view;
    const deliveryCount = isCounted ? page.deliveryCount(slot) : 0;
    return readersView(view, { hidesBlindCopies, acquiredCount, deliveryCount });
  }

  /** Notes who has the message now; returns its delivery tag. */
  #hold(queue: Queue, position: number, consumer: Consumer, nowMs: number): number {
    const { gate } = consumer;
    if (consumer.noAck) {
      consumer.acknowledged++;
      this.#settleDelivered(queue, position, consumer.party, nowMs);
      return gate.unacknowledged.skip();
    }
    queue.take(position, EntryState.unacknowledged);
    consumer.unacknowledged++;
    gate.sharedCount++;
    const tag = gate.unacknowledged.add(consumer.holder, position, nowMs);
    this.#meters.held(gate.unacknowledged, tag);
    return tag;
  }

  #settleDelivered(queue: Queue, position: number, party: Party, nowMs: number): void {
    this.#meters.doneWith(queue, position, nowMs);
    this.#recorder.settle(queue, position, SettleReason.acknowledged, party, nowMs);
    this.#state.applySettle(queue, position);
    queue.counters.acknowledged++;
  }

  /** The message has waited too long. */
  expire(queue: Queue, position: number): void {
    queue.counters.expired++;
    this.#port.bury(queue, position, 'expired');
  }

  /** Lets the head of a queue expire without consumers, as far as it has; at most so many. */
  expireHead(queue: Queue, nowMs: number, most = sliceMessages): void {
    for (let left = most; left > 0; left--) {
      const position = queue.first();
      if (position < 0 || queue.expiryAt(position) > nowMs) return;
      if (isFresh(queue, position) && queue.consumers.count > 0 && !queue.isIdle) return;
      if (most !== Infinity && queue.moves.length >= movesMax) return;
      this.expire(queue, position);
    }
  }

  /** The first message was taken by somebody else: the next may be due to expire, or to be delivered. */
  headChanged(queue: Queue): void {
    if (queue.watchesExpiry || queue.pace.endsMs < Infinity) this.#port.reschedule(queue);
    this.request(queue);
  }

  /**
   * Holds a message back until `dueMs`, at its own place and with its key; `dueMs` 0 ends a delay. `isFailure`: a
   * delivery of it failed. `held`: who had it, or asked for this. False: it had left.
   */
  holdBack(queue: Queue, position: number, dueMs: number, isFailure: boolean, held?: Held): boolean {
    const page = queue.backlog.pageOf(position);
    const before = queue.backlog.stateAt(position);
    if (page === undefined || before === EntryState.gone) return false;
    if (queue.isJournaled && !page.isTransient(position % pageEntries))
      this.#recorder.holdBack(queue, position, dueMs, isFailure, held);
    this.#state.applyHoldBack(queue, position, dueMs, isFailure);
    queue.placeHeldBack(position, before === EntryState.delayed);
    this.#port.reschedule(queue);
    this.request(queue);
    return true;
  }

  /** Drops from the front what exceeds the queue's length and nobody waits for: a slice now, the rest in later turns. */
  enforceLimits(queue: Queue): void {
    const { settings, backlog } = queue;
    if (this.#tooLong.size > 0) this.#tooLong.delete(queue);
    // A queue that refuses keeps what it has taken, also when more is given back than it would take.
    if (settings.overflow !== 'drop-head') return;
    const { lengthMax = Infinity, lengthBytesMax = Infinity } = settings;
    if (backlog.waiting > lengthMax || backlog.waitingBytes > lengthBytesMax) this.deliverNow(queue);
    for (
      let left = sliceMessages;
      backlog.waiting > lengthMax || backlog.waitingBytes > lengthBytesMax;
      left--
    ) {
      if (left === 0) {
        this.#enforceLater(queue);
        return;
      }
      const position = queue.firstWaiting();
      if (position < 0) return;
      queue.counters.dropped++;
      this.#port.bury(queue, position, 'maxlen');
    }
  }

  #enforceLater(queue: Queue): void {
    this.#tooLong.add(queue);
    if (queue.moves.length < movesMax)
      this.#port.later(() => {
        this.#enforceAgain(queue);
      });
  }

  #enforceAgain(queue: Queue): void {
    if (!this.#tooLong.has(queue) || this.#isStopped) return;
    if (queue.isDeleted) this.#tooLong.delete(queue);
    else this.enforceLimits(queue);
  }

  /** A message has left for another queue: what waited for that may go on. */
  moved(queue: Queue): void {
    if (this.#tooLong.size > 0 && queue.moves.length < movesMax) this.#enforceAgain(queue);
    this.request(queue);
  }
}

/** Whether a message that expires at once is still to be offered to the consumers. */
function isFresh(queue: Queue, position: number): boolean {
  return position >= queue.offeredBelow && queue.expiryAt(position) === expiresAtOnce;
}
