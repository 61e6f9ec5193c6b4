/**
 * Hands single messages out, for `basic.get`. Invariant: a message is given out with its body at hand, and never after
 * the channel has ended.
 */
import type { DeliveryGate } from './consumer.js';
import type { BrokerCore } from './core.js';
import type { GetReply } from './face.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';
import { SettleReason } from './record-types.js';
import type { Settlement } from './settlement.js';

export class Getter {
  readonly #core: BrokerCore;
  readonly #gate: DeliveryGate;
  readonly #settlement: Settlement;
  /** Set when the channel ends: messages still being read stay where they are. */
  isClosed = false;

  constructor(core: BrokerCore, gate: DeliveryGate, settlement: Settlement) {
    this.#core = core;
    this.#gate = gate;
    this.#settlement = settlement;
  }

  /** Calls back once, now or after a read from disk. */
  get(queue: Queue, noAck: boolean, reply: (answer: GetReply) => void): void {
    const { dispatcher, store, clock } = this.#core;
    if (!queue.isDeleted && queue.watchesExpiry) dispatcher.expireHead(queue, clock.now(), Infinity);
    const nowMs = clock.now();
    const isClosed = queue.isDeleted || queue.isPaused || this.isClosed;
    const position = isClosed ? -1 : queue.pace.firstAt(nowMs);
    if (position < 0 || !queue.pace.mayDeliver(nowMs)) {
      reply({ kind: 'empty' });
      return;
    }
    if (dispatcher.prepare(queue, position, this.#gate.sink)) {
      this.#giveOut(queue, position, noAck, reply);
      return;
    }
    store.load((error) => {
      if (error === undefined) {
        this.get(queue, noAck, reply);
        return;
      }
      dispatcher.giveUp(queue, position, error);
      reply({ kind: 'failed', message: error.message });
    });
  }

  #giveOut(queue: Queue, position: number, noAck: boolean, reply: (answer: GetReply) => void): void {
    const { dispatcher, meters, store, clock } = this.#core;
    const nowMs = clock.now();
    const page = queue.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    const releaseSequence = dispatcher.releaseSequence(queue, page.isTransient(slot));
    const message = dispatcher.viewFor(queue, page, slot);
    const redelivered = page.isRedelivered(slot);
    queue.pace.serve(position, nowMs);
    queue.counters.delivered++;
    meters.delivered(queue, page, position, store.view, nowMs);
    if (redelivered) queue.counters.redelivered++;
    const deliveryTag = this.#hold(queue, position, noAck, nowMs);
    const messageCount = queue.backlog.waiting;
    reply({ kind: 'message', deliveryTag, redelivered, message, messageCount, releaseSequence });
    dispatcher.headChanged(queue);
  }

  #hold(queue: Queue, position: number, noAck: boolean, nowMs: number): number {
    const { recorder, state, meters } = this.#core;
    const { unacknowledged } = this.#gate;
    if (noAck) {
      meters.doneWith(queue, position, nowMs);
      recorder.settle(queue, position, SettleReason.acknowledged, this.#gate.party, nowMs);
      state.applySettle(queue, position);
      queue.counters.acknowledged++;
      return unacknowledged.skip();
    }
    queue.take(position, EntryState.unacknowledged);
    const tag = unacknowledged.add(this.#settlement.holderOfGet(queue), position, nowMs);
    meters.held(unacknowledged, tag);
    return tag;
  }
}
