/**
 * What one receiver holds of a queue that its engine cannot order: which message goes next, one of each key at a time,
 * tenants in turn. Stands between the adapter's settler and the program. Invariants: at most `handedMax` are with the
 * program; a message of a key that fails comes again before the next of its key, from here.
 */
import type { CancelTimer, Clock } from '../kernel/index.js';
import { Window, type Orderable } from '../scheduling/index.js';
import {
  Delivery,
  type Completion,
  type DeadLetterOptions,
  type DeliveredContent,
  type Settler,
  type SettleOutcome,
} from './delivery.js';
import { headerNames, type HeaderTable } from './message.js';
import { TriedContent } from './tried-content.js';
import type { WindowTerms } from './window-terms.js';

/** What the window asks of the receiver that it is part of. */
export interface WindowHost {
  /** The adapter's own. */
  readonly settler: Settler;
  readonly clock: Clock;
  /** Told whenever something may be taken that could not be before. */
  readonly onReady: () => void;
}

interface Item {
  readonly tag: number;
  readonly position: number;
  readonly isKeyed: boolean;
  content: DeliveredContent;
  delivery: Delivery;
  isHanded: boolean;
  cancelPause: CancelTimer | undefined;
}

/** A choice is put off so long for messages that the queue is said to have: a network's pause, not a wait. */
const fillMsMax = 50;

/** A longer pause is left to the engine: servers take back what is held for long (RabbitMQ: 30 minutes). */
const pauseMsMax = 10 * 60_000;

export class PrefetchedWindow implements Settler {
  readonly queue: string;
  readonly refusesLater = true;
  readonly #host: WindowHost;
  #handedMax: number;
  readonly #window: Window<Item>;
  readonly #items = new Map<number, Item>();
  #handed = 0;
  #fillTo = 0;
  #cancelFill: CancelTimer | undefined;
  #isOver = false;

  constructor(host: WindowHost, terms: WindowTerms, handedMax: number) {
    this.#host = host;
    this.queue = host.settler.queue;
    this.#handedMax = handedMax;
    this.#window = new Window({ order: terms.order, tenants: terms.tenants });
  }

  /** Lets so many be with the program from now on. */
  setHandedMax(handedMax: number): void {
    this.#handedMax = handedMax;
    this.#host.onReady();
  }

  /** Puts the first choice off until so many messages are here, or `fillMsMax` have passed. */
  fill(count: number): void {
    if (count <= 1) return;
    this.#fillTo = count;
    this.#cancelFill = this.#host.clock.after(fillMsMax, () => {
      this.#filled();
    });
  }

  /** A message from the engine. */
  add(tag: number, content: DeliveredContent): void {
    const delivery = new Delivery(content, this, tag);
    const item: Item = {
      tag,
      position: this.#window.nextPosition,
      isKeyed: delivery.key !== undefined,
      content,
      delivery,
      isHanded: false,
      cancelPause: undefined,
    };
    this.#items.set(tag, item);
    this.#window.add(item, orderableOf(delivery, this.#host.clock));
    if (this.#fillTo === 0) this.#host.onReady();
    else if (this.#items.size >= this.#fillTo) this.#filled();
  }

  /** The message that goes next; undefined when none may go now. */
  take(): Delivery | undefined {
    if (this.#isOver || this.#fillTo > 0 || this.#handed >= this.#handedMax) return undefined;
    const position = this.#window.take(this.#host.clock.now());
    const item = position < 0 ? undefined : this.#window.valueOf(position);
    if (item === undefined) return undefined;
    item.isHanded = true;
    this.#handed++;
    return item.delivery;
  }

  /** Gives back what nobody has, those that pause included; what was handed out may still be settled. */
  drain(): void {
    this.end();
    for (const item of [...this.#items.values()]) {
      if (item.isHanded) continue;
      this.#remove(item.tag);
      this.#host.settler.giveBack(item.tag, 'unused');
    }
  }

  /** Hands out no more, and keeps nothing for later. */
  end(): void {
    this.#isOver = true;
    this.#cancelFill?.();
    for (const item of this.#items.values()) item.cancelPause?.();
  }

  nowMs(): number {
    return this.#host.settler.nowMs();
  }

  acknowledge(tag: number): SettleOutcome {
    const outcome = this.#host.settler.acknowledge(tag);
    this.#settled(tag);
    return outcome;
  }

  giveBack(tag: number, why: 'failed' | 'unused'): SettleOutcome {
    const item = this.#keyed(tag);
    if (why === 'failed' && item !== undefined) {
      this.#again(item, 0);
      return 'settled';
    }
    const outcome = this.#host.settler.giveBack(tag, why);
    this.#settled(tag);
    return outcome;
  }

  complete(tag: number, completion: Completion): Promise<SettleOutcome> {
    return this.#settledAfter(tag, this.#host.settler.complete(tag, completion));
  }

  retryLater(tag: number, delivery: Delivery, afterMs: number): Promise<SettleOutcome> {
    const item = afterMs <= pauseMsMax ? this.#keyed(tag) : undefined;
    if (item === undefined)
      return this.#settledAfter(tag, this.#host.settler.retryLater(tag, delivery, afterMs));
    this.#again(item, afterMs);
    return Promise.resolve('settled');
  }

  deadLetter(
    tag: number,
    delivery: Delivery,
    reason: string,
    options: DeadLetterOptions,
  ): Promise<SettleOutcome> {
    return this.#settledAfter(tag, this.#host.settler.deadLetter(tag, delivery, reason, options));
  }

  extend(tag: number, byMs: number): Promise<SettleOutcome> {
    return this.#host.settler.extend(tag, byMs);
  }

  /** The item of a key, while it may come again from here. */
  #keyed(tag: number): Item | undefined {
    const item = this.#isOver ? undefined : this.#items.get(tag);
    return item?.isKeyed === true ? item : undefined;
  }

  /** Its key stays taken meanwhile. */
  #again(item: Item, afterMs: number): void {
    item.isHanded = false;
    this.#handed--;
    item.content = new TriedContent(item.content, item.delivery.attempt);
    item.delivery = new Delivery(item.content, this, item.tag);
    const isBack = (): void => {
      item.cancelPause = undefined;
      this.#window.giveBack(item.position);
      this.#host.onReady();
    };
    if (afterMs === 0) {
      isBack();
      return;
    }
    item.cancelPause = this.#host.clock.after(afterMs, isBack);
    this.#host.onReady();
  }

  async #settledAfter(tag: number, settling: Promise<SettleOutcome>): Promise<SettleOutcome> {
    // One that rejects is still held, with its key.
    const outcome = await settling;
    this.#settled(tag);
    return outcome;
  }

  #settled(tag: number): void {
    this.#remove(tag);
    if (!this.#isOver) this.#host.onReady();
  }

  #remove(tag: number): void {
    const item = this.#items.get(tag);
    if (item === undefined) return;
    this.#items.delete(tag);
    if (item.isHanded) this.#handed--;
    this.#window.remove(item.position);
  }

  #filled(): void {
    this.#fillTo = 0;
    this.#cancelFill?.();
    this.#host.onReady();
  }
}

function orderableOf(delivery: Delivery, clock: Clock): Orderable {
  const { headers } = delivery;
  return {
    arrivalMs: clock.now(),
    key: delivery.key,
    tenant: delivery.tenant,
    priority: delivery.properties.priority,
    deadlineMs: delivery.deadline?.getTime(),
    periodMs: numberIn(headers, headerNames.period),
    costMs: numberIn(headers, headerNames.cost),
  };
}

function numberIn(headers: HeaderTable, name: string): number | undefined {
  const value = headers[name];
  return typeof value === 'number' ? value : undefined;
}
