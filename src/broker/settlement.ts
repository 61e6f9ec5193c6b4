/**
 * What a channel holds of deliveries, and how it settles them: acknowledged, given back, or rejected. Invariant: each
 * unsettled tag stands for one message that is `unacknowledged` in its queue.
 */
import { SluiceError } from '../kernel/index.js';
import type { Consumer, DeliveryGate } from './consumer.js';
import type { BrokerCore } from './core.js';
import { ReturnCause } from './custody/custody-runs.js';
import type { Party } from './custody/party.js';
import { GivenBack, kindIn } from './given-back.js';
import type { MessageHolder } from './administration-face.js';
import type { FailureLetter } from './mover.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';
import type { Held } from './recorder.js';
import { RequeueKind, SettleReason } from './record-types.js';
import { countAcknowledged, countRejected } from './settled-counts.js';

/** Who got a delivery: a consumer of a queue, or a `get`. */
interface Holder {
  readonly queue: Queue;
  consumer: Consumer | undefined;
  /** Unsettled deliveries to a `get`. */
  gets: number;
}

/** `requeue` counts as a delivery that failed, `give-back` does not. */
export type SettlementKind = 'acknowledge' | 'reject' | 'requeue' | 'give-back';

/** A delivery that failed and is to come again after a while, at its own place. */
export interface RetryLater {
  readonly kind: 'retry';
  readonly afterMs: number;
}

/** A delivery that is to go where failed messages go. */
export interface DeadLetterWith {
  readonly kind: 'dead-letter';
  readonly letter: FailureLetter;
}

/** What becomes of a delivery. */
export type Settling = SettlementKind | RetryLater | DeadLetterWith;

/** Who holds a delivery for too long; without a consumer, it was a `get`. */
export interface Overdue {
  readonly holder: number;
  readonly queue: Queue;
  readonly consumer: Consumer | undefined;
  /** What the client hears. */
  readonly message: string;
  /** Why what was held comes back. */
  readonly cause: ReturnCause;
}

export class Settlement {
  readonly #core: BrokerCore;
  readonly #gate: DeliveryGate;
  /** By number; index 0 is never used. */
  readonly #holders: (Holder | undefined)[] = [undefined];

  constructor(core: BrokerCore, gate: DeliveryGate) {
    this.#core = core;
    this.#gate = gate;
  }

  /** The number under which deliveries from `queue` to one consumer, or to `get`, are held. */
  newHolder(queue: Queue): number {
    const free = this.#holders.indexOf(undefined, 1);
    if (free > 0) {
      this.#holders[free] = { queue, consumer: undefined, gets: 0 };
      return free;
    }
    return this.#holders.push({ queue, consumer: undefined, gets: 0 }) - 1;
  }

  setConsumer(holder: number, consumer: Consumer): void {
    this.#holders[holder]!.consumer = consumer;
  }

  /** The holder of one more `get` delivery from a queue. */
  holderOfGet(queue: Queue): number {
    const known = this.#holders.findIndex(
      (holder) => holder?.queue === queue && holder.consumer === undefined,
    );
    const holder = known > 0 ? known : this.newHolder(queue);
    this.#holders[holder]!.gets++;
    return holder;
  }

  /** Tags up to this one may have been taken back from the client, which then settles them in vain. */
  #lapsedTag = 0;

  /** Throws `precondition-failed` unless the tags name deliveries that are unsettled, or were taken back. */
  check(tag: number, multiple: boolean): void {
    if (tag === 0 && multiple) return;
    if (this.#gate.unacknowledged.holder(tag) === 0 && (tag === 0 || tag > this.#lapsedTag)) {
      throw new SluiceError('precondition-failed', `unknown delivery tag ${tag}`);
    }
  }

  /** Settles deliveries. Throws as `check` does. */
  settle(tag: number, multiple: boolean, kind: Settling): void {
    if (typeof kind === 'object') {
      this.#settleFailed(tag, kind);
      return;
    }
    switch (kind) {
      case 'acknowledge':
        this.#acknowledge(tag, multiple);
        return;
      case 'reject':
        this.#reject(tag, multiple);
        return;
      case 'requeue':
        this.#giveBack(tag, multiple, RequeueKind.failed);
        return;
      case 'give-back':
        this.#giveBack(tag, multiple, RequeueKind.returned);
        return;
    }
  }

  #acknowledge(tag: number, multiple: boolean): void {
    this.check(tag, multiple);
    const { unacknowledged } = this.#gate;
    const last = tag === 0 ? unacknowledged.next - 1 : tag;
    for (let at = multiple ? unacknowledged.first : tag; at <= last; at++) {
      if (unacknowledged.holder(at) !== 0) this.#acknowledgeOne(at);
    }
    this.#creditReturned();
  }

  #acknowledgeOne(tag: number): void {
    const queue = this.#release(tag);
    if (queue.isDeleted) return;
    const core = this.#core;
    const position = this.#position;
    core.meters.acknowledged(queue, position, this.#gate.unacknowledged, tag, this.#consumer);
    countAcknowledged(this.#gate.settled, this.#consumer);
    core.recorder.settle(queue, position, SettleReason.acknowledged, this.#party, this.#deliveredMs);
    core.state.applySettle(queue, position);
    queue.counters.acknowledged++;
    core.dispatcher.request(queue);
  }

  /** What an unsettled tag stands for; undefined: it was taken back, or its queue is gone. Throws as `check` does. */
  deliveryOf(tag: number): { readonly queue: Queue; readonly position: number } | undefined {
    this.check(tag, false);
    const { unacknowledged } = this.#gate;
    const number = unacknowledged.holder(tag);
    if (number === 0) return undefined;
    const { queue } = this.#holders[number]!;
    return queue.isDeleted ? undefined : { queue, position: unacknowledged.position(tag) };
  }

  /** Applies an acknowledgement that is recorded already. */
  completed(tag: number): void {
    const queue = this.#release(tag);
    const { unacknowledged } = this.#gate;
    this.#core.meters.acknowledged(queue, this.#position, unacknowledged, tag, this.#consumer);
    countAcknowledged(this.#gate.settled, this.#consumer);
    this.#core.state.applySettle(queue, this.#position);
    queue.counters.acknowledged++;
    this.#core.dispatcher.request(queue);
    this.#creditReturned();
  }

  /** Of the tag that `#release` took last. */
  #position = 0;
  #deliveredMs = 0;
  #consumer: Consumer | undefined = undefined;

  get #party(): Party {
    return this.#consumer === undefined ? this.#gate.party : this.#consumer.party;
  }

  get #held(): Held {
    return { party: this.#party, deliveredMs: this.#deliveredMs };
  }

  /** Who has an unsettled delivery, and since when. */
  heldOf(tag: number): Held {
    const { unacknowledged, party } = this.#gate;
    const { consumer } = this.#holders[unacknowledged.holder(tag)]!;
    return { party: consumer?.party ?? party, deliveredMs: unacknowledged.deliveredAtMs(tag) };
  }

  /** Takes a tag out of the ring and gives its consumer credit back; returns its queue and sets the fields above. */
  #release(tag: number): Queue {
    const { unacknowledged } = this.#gate;
    const number = unacknowledged.holder(tag);
    const holder = this.#holders[number]!;
    const { queue, consumer } = holder;
    this.#position = unacknowledged.position(tag);
    this.#deliveredMs = unacknowledged.deliveredAtMs(tag);
    this.#consumer = consumer;
    unacknowledged.settle(tag);
    queue.isIdle = false;
    if (consumer === undefined) {
      if (--holder.gets === 0) this.#holders[number] = undefined;
    } else {
      consumer.unacknowledged--;
      this.#gate.sharedCount--;
      if (consumer.hasEnded && consumer.unacknowledged === 0) this.#holders[number] = undefined;
    }
    return queue;
  }

  /** With a limit over the whole channel, credit from one queue serves the others. */
  #creditReturned(): void {
    if (this.#gate.sharedPrefetch !== 0) this.wake();
  }

  /** Looks again at every queue that the channel consumes from. */
  wake(): void {
    for (const holder of this.#holders) {
      if (holder?.consumer === undefined || holder.queue.isDeleted) continue;
      holder.queue.isIdle = false;
      this.#core.dispatcher.request(holder.queue);
    }
  }

  #reject(tag: number, multiple: boolean): void {
    this.check(tag, multiple);
    const { unacknowledged } = this.#gate;
    const last = tag === 0 ? unacknowledged.next - 1 : tag;
    for (let at = multiple ? unacknowledged.first : tag; at <= last; at++)
      if (unacknowledged.holder(at) !== 0) this.#rejectOne(at);
    this.#creditReturned();
  }

  #giveBack(tag: number, multiple: boolean, kind: RequeueKind): void {
    this.check(tag, multiple);
    const { unacknowledged } = this.#gate;
    const first = multiple ? unacknowledged.first : tag;
    this.requeue(first, tag === 0 ? unacknowledged.next - 1 : tag, kind, ReturnCause.client);
    this.#creditReturned();
  }

  /** Takes everything back that a holder has, because it had some of it for too long. */
  lapse(holder: number, cause: ReturnCause): void {
    const { unacknowledged } = this.#gate;
    const others = new Set<number>();
    const last = unacknowledged.next - 1;
    for (let tag = unacknowledged.first; tag <= last; tag++)
      if (unacknowledged.holder(tag) !== holder) others.add(tag);
    this.#lapsedTag = last;
    this.requeue(unacknowledged.first, last, RequeueKind.returned, cause, others);
    this.#creditReturned();
  }

  #rejectOne(tag: number): void {
    const queue = this.#release(tag);
    countRejected(this.#gate.settled, this.#consumer);
    if (queue.isDeleted) return;
    this.#core.mover.bury(queue, this.#position, 'rejected', undefined, this.#held);
    this.#core.dispatcher.request(queue);
  }

  #settleFailed(tag: number, settling: RetryLater | DeadLetterWith): void {
    this.check(tag, false);
    // Taken back from the client meanwhile.
    if (this.#gate.unacknowledged.holder(tag) === 0) return;
    const queue = this.#release(tag);
    countRejected(this.#gate.settled, this.#consumer);
    if (!queue.isDeleted) {
      if (settling.kind === 'retry') this.#retryLater(queue, this.#position, settling.afterMs);
      else this.#core.mover.bury(queue, this.#position, 'rejected', settling.letter, this.#held);
      this.#core.dispatcher.request(queue);
    }
    this.#creditReturned();
  }

  #retryLater(queue: Queue, position: number, afterMs: number): void {
    if (this.#exceedsLimit(queue, position, RequeueKind.failed) || this.#isOrdered(queue, position)) return;
    const dueMs = afterMs === 0 ? 0 : this.#core.clock.now() + afterMs;
    this.#core.dispatcher.holdBack(queue, position, dueMs, true, this.#held);
    noteReturn(queue, position);
  }

  /** The queue that holds a delivery; undefined when it was taken back from the client. */
  queueOf(tag: number): Queue | undefined {
    this.check(tag, false);
    return this.#holders[this.#gate.unacknowledged.holder(tag)]?.queue;
  }

  /** Gives deliveries back to their queues, in order. `except`: tags that stay. */
  requeue(
    first: number,
    last: number,
    kind: RequeueKind,
    cause: ReturnCause,
    except?: ReadonlySet<number>,
  ): void {
    const { unacknowledged } = this.#gate;
    const given = new Map<Queue, GivenBack>();
    for (let tag = Math.max(first, unacknowledged.first); tag <= last; tag++) {
      if (unacknowledged.holder(tag) === 0 || except?.has(tag) === true) continue;
      const queue = this.#release(tag);
      if (cause === ReturnCause.client) countRejected(this.#gate.settled, this.#consumer);
      const position = this.#position;
      if (queue.isDeleted || this.#exceedsLimit(queue, position, kind) || this.#isOrdered(queue, position))
        continue;
      queue.giveBack(position, kindIn(queue, kind));
      noteReturn(queue, position);
      let back = given.get(queue);
      if (back === undefined)
        given.set(queue, (back = new GivenBack(this.#core.recorder, queue, kind, cause)));
      back.add(position, this.#party, this.#deliveredMs);
    }
    for (const [queue, back] of given) {
      back.write();
      this.#core.dispatcher.enforceLimits(queue);
      this.#core.dispatcher.request(queue);
    }
    this.#creditReturned();
  }

  #exceedsLimit(queue: Queue, position: number, kind: RequeueKind): boolean {
    const limit = queue.settings.deliveryLimit;
    if (limit === undefined || kindIn(queue, kind) !== RequeueKind.failed) return false;
    const page = queue.backlog.pageOf(position);
    if (page === undefined || page.deliveryCount(position % pageEntries) < limit) return false;
    if (queue.backlog.stateAt(position) !== EntryState.unacknowledged) return false;
    this.#core.mover.bury(queue, position, 'delivery_limit', undefined, this.#held);
    return true;
  }

  /** Carries out what an operator asked for when the message comes back. False: nobody asked for anything. */
  #isOrdered(queue: Queue, position: number): boolean {
    const order = queue.returnOrders?.take(position);
    if (order === undefined) return false;
    const held = order.by === undefined ? this.#held : { party: order.by, deliveredMs: 0 };
    if (order.kind === 'move') this.#core.mover.bury(queue, position, 'rejected', order.letter, held);
    else this.#core.dispatcher.holdBack(queue, position, order.untilMs, true, held);
    noteReturn(queue, position);
    return true;
  }

  /** Who has the message at a position; undefined: nobody here. */
  holderOf(queue: Queue, position: number): Pick<MessageHolder, 'consumerTag' | 'sinceMs'> | undefined {
    const { unacknowledged } = this.#gate;
    if (!this.#holders.some((holder) => holder?.queue === queue)) return undefined;
    for (let tag = unacknowledged.first; tag < unacknowledged.next; tag++) {
      const number = unacknowledged.holder(tag);
      if (number === 0 || unacknowledged.position(tag) !== position) continue;
      const holder = this.#holders[number]!;
      if (holder.queue !== queue) continue;
      return { consumerTag: holder.consumer?.tag, sinceMs: unacknowledged.deliveredAtMs(tag) };
    }
    return undefined;
  }

  /** The first delivery that waits longer for its acknowledgement than whoever got it may take. */
  overdue(nowMs: number, defaultTimeoutMs: number): Overdue | undefined {
    const { unacknowledged } = this.#gate;
    if (unacknowledged.count === 0) return undefined;
    const timeoutOf = ({ queue, consumer }: Holder): number =>
      consumer?.timeoutMs ?? queue.settings.consumerTimeoutMs ?? defaultTimeoutMs;
    let shortestMs = Infinity;
    for (const holder of this.#holders)
      if (holder !== undefined) shortestMs = Math.min(shortestMs, timeoutOf(holder));
    for (let tag = unacknowledged.first; tag < unacknowledged.next; tag++) {
      const number = unacknowledged.holder(tag);
      if (number === 0) continue;
      const waitedMs = nowMs - unacknowledged.deliveredAtMs(tag);
      // Those behind were delivered later still.
      if (waitedMs <= shortestMs) return undefined;
      const { queue, consumer } = this.#holders[number]!;
      const timeoutMs = timeoutOf(this.#holders[number]!);
      if (waitedMs > timeoutMs)
        return {
          ...{ holder: number, queue, consumer },
          ...{ message: overdueText(timeoutMs), cause: ReturnCause.timeout },
        };
    }
    return undefined;
  }

  /** Forgets a consumer's number once nothing it got is unsettled; deliveries stay with the channel until then. */
  consumerEnded(consumer: Consumer): void {
    consumer.hasEnded = true;
    if (consumer.unacknowledged === 0) this.#holders[consumer.holder] = undefined;
  }
}

function overdueText(timeoutMs: number): string {
  return `delivery acknowledgement timed out. Timeout value used: ${timeoutMs} ms. This timeout value can be configured, see consumers doc guide to learn more`;
}

/** Returns of a message that make one more look as if the message were at fault. */
const returnsBefore = 2;

function noteReturn(queue: Queue, position: number): void {
  const failures = queue.backlog.pageOf(position)?.deliveryCount(position % pageEntries) ?? 0;
  if (failures > returnsBefore) queue.counters.returnedAgain++;
}
