/**
 * Measures messages on their way through queues: called where a delivery is made or ends. Invariant: it changes
 * nothing but figures, and a message that is not measured costs a few tests and no reading of the clock.
 */
import { LatencyHistogram, LatencyTrio, type Clock } from '../../kernel/index.js';
import type { Consumer } from '../consumer.js';
import { pageEntries, type Page } from '../page.js';
import type { MessageView } from '../face.js';
import type { Queue } from '../queue.js';
import type { Unacknowledged } from '../unacknowledged.js';
import type { RetiredLatencies } from './face.js';
import { ConsumerMeter } from './consumer-meter.js';
import { isMeasured, QueueMeter } from './queue-meter.js';
import { Revisions } from './revisions.js';
import { SamplingRate } from './sampling-rate.js';

/** Read where a message is measured: a number handed over would be put into an object of its own each time. */
type Arrived = Pick<MessageView, 'arrivalMs'>;

export class Meters {
  /** By virtual host. */
  readonly retired = new Map<string, RetiredLatencies>();
  /** Of all queues, those that are gone too. */
  readonly whole: LatencyTrio;
  /** By virtual host, the whole and its own. */
  readonly #wholes = new Map<string, readonly [whole: LatencyTrio, own: LatencyTrio]>();
  readonly isOn: boolean;
  readonly rate: SamplingRate;
  readonly revisions = new Revisions();
  readonly #clock: Clock;
  /** How long the message of the delivery that is being made has waited; NaN: it is not measured. */
  #waitMs = NaN;

  constructor(clock: Clock, isOn: boolean) {
    this.#clock = clock;
    this.isOn = isOn;
    this.rate = new SamplingRate(clock.now());
    this.whole = new LatencyTrio(clock.now());
  }

  /** The meter of a queue that needs one now. */
  of(queue: Queue, nowMs: number): QueueMeter {
    return (queue.meter ??= new QueueMeter(nowMs, queue.isHidden ? [] : this.#wholesOf(queue.vhost)));
  }

  /** Of the queues of a virtual host, those that are gone too. */
  ofVirtualHost(name: string): LatencyTrio {
    return this.#wholesOf(name)[1];
  }

  /** A virtual host is gone. */
  forget(name: string): void {
    this.#wholes.delete(name);
    this.retired.delete(name);
  }

  /** The message in `view` goes to a client. */
  delivered(queue: Queue, page: Page, position: number, view: Arrived, nowMs: number): void {
    if (!this.isOn) return;
    if (queue.isStarved) this.fed(queue, nowMs);
    if (!isMeasured(position, this.rate.mask)) return;
    const meter = queue.meter ?? this.of(queue, nowMs);
    if (!meter.takes(position)) return;
    const slot = position % pageEntries;
    const dueMs = page.due === undefined ? 0 : page.due[slot]!;
    this.#waitMs = nowMs - Math.max(view.arrivalMs, dueMs);
    if (page.isRedelivered(slot)) return;
    meter.waited(this.#waitMs, nowMs, this.rate);
    this.rate.count(nowMs);
  }

  /** The delivery told last is held under `tag` until it is acknowledged. */
  held(unacknowledged: Unacknowledged, tag: number): void {
    if (Number.isNaN(this.#waitMs)) return;
    unacknowledged.setWait(tag, this.#waitMs);
    this.#waitMs = NaN;
  }

  /** The delivery told last needs no acknowledgement; the message is still in the queue. */
  doneWith(queue: Queue, position: number, nowMs: number): void {
    if (!Number.isNaN(this.#waitMs)) queue.meter?.lived(this.#waitMs, nowMs, this.rate);
    this.#waitMs = NaN;
    this.ended(queue, position);
  }

  /**
   * A delivery that was just taken out of `held` is acknowledged; the message is still in the queue. `consumer` is
   * undefined for one that was fetched.
   */
  acknowledged(
    queue: Queue,
    position: number,
    held: Unacknowledged,
    tag: number,
    consumer: Consumer | undefined,
  ): void {
    if (isMeasured(position, this.rate.mask) && queue.meter?.takes(position) === true) {
      const nowMs = this.#clock.now();
      const processingMs = nowMs - held.deliveredAtMs(tag);
      if (consumer !== undefined)
        (consumer.meter ??= new ConsumerMeter(nowMs)).processed(processingMs, queue.meter.times);
      queue.meter.processed(processingMs, nowMs, this.rate);
      const waitMs = held.waitMs(tag);
      if (!Number.isNaN(waitMs)) queue.meter.lived(waitMs + processingMs, nowMs, this.rate);
      this.rate.count(nowMs);
    }
    if (queue.hasDeadlines) this.ended(queue, position);
  }

  /** A message leaves the queue for good, and is still in it. */
  ended(queue: Queue, position: number): void {
    if (queue.hasDeadlines && queue.deadlineAt(position) < this.#clock.now())
      queue.counters.deadlinesMissed++;
  }

  /** A message waits, and no consumer can take it. */
  starved(queue: Queue, nowMs: number): void {
    if (queue.isStarved || !this.isOn) return;
    queue.isStarved = true;
    this.of(queue, nowMs).blocked(nowMs);
  }

  /** A consumer took a message of a starved queue, or none waits. */
  fed(queue: Queue, nowMs: number): void {
    queue.isStarved = false;
    queue.meter?.unblocked(nowMs);
  }

  /** A queue is gone: what it measured counts with what others did that are gone. */
  retire({ meter, vhost, isHidden }: Queue): void {
    if (meter === undefined || isHidden) return;
    let retired = this.retired.get(vhost);
    if (retired === undefined) {
      const [wait, processing, endToEnd] = Array.from({ length: 3 }, () => new LatencyHistogram());
      retired = { wait: wait!, processing: processing!, endToEnd: endToEnd! };
      this.retired.set(vhost, retired);
    }
    meter.drain();
    retired.wait.merge(meter.wait.whole());
    retired.processing.merge(meter.processing.whole());
    retired.endToEnd.merge(meter.endToEnd.whole());
  }

  #wholesOf(vhost: string): readonly [whole: LatencyTrio, own: LatencyTrio] {
    let wholes = this.#wholes.get(vhost);
    if (wholes === undefined)
      this.#wholes.set(vhost, (wholes = [this.whole, new LatencyTrio(this.#clock.now())]));
    return wholes;
  }
}
