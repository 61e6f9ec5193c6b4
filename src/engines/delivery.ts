/**
 * One message that was handed out and is held until it is settled. Invariant: it is settled once; what the engine
 * no longer holds (its connection or queue is gone) settles as `lost`, and the message comes again.
 */
import { SluiceError } from '../kernel/index.js';
import { millisecondsOf, type Duration } from './duration.js';
import {
  headerNames,
  type EngineMessage,
  type HeaderTable,
  type HeaderValue,
  type MessageProperties,
} from './message.js';
import { engineMessage, type SendTo } from './outgoing.js';
import type { RecordPut } from './records.js';

/** `lost`: the engine had given the message up already; nothing was done, and it is delivered again. */
export type SettleOutcome = 'settled' | 'lost';

/** Messages that go out with an acknowledgement. */
export interface FollowUp {
  readonly queue: string;
  readonly message: EngineMessage;
}

/** What an acknowledgement carries. */
export interface Completion {
  readonly followUps: readonly FollowUp[];
  readonly records: readonly RecordPut[];
}

/** What goes along with a dead letter. */
export interface DeadLetterOptions {
  /** Added to the message's own. */
  readonly headers?: HeaderTable;
  /** Written with it, as one step where the `completion` capability is native. */
  readonly records?: readonly RecordPut[];
}

/** What a program may give to `ack`. */
export interface AckOptions {
  /** Messages that go out with the acknowledgement. */
  readonly send?: SendTo | readonly SendTo[];
  /** Written with it. Rejects with `precondition-failed`, and the message is still held, when one is not as expected. */
  readonly records?: readonly RecordPut[];
}

/** The message inside a delivery. What is asked for alone may be read without decoding the rest. */
export interface DeliveredContent {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly messageId: string | undefined;
  readonly type: string | undefined;
  header(name: string): HeaderValue | undefined;
  readonly body: Buffer;
  /** The body as UTF-8. */
  text(): string;
  readonly redelivered: boolean;
}

/** What an adapter does to settle a delivery. `tag` is the adapter's own. */
export interface Settler {
  readonly queue: string;
  /** Takes the acknowledgement at once; it is durable soon after. */
  acknowledge(tag: number): SettleOutcome;
  /** Gives the message back at once, for whoever is next. A failed one counts towards a delivery limit. */
  giveBack(tag: number, why: 'failed' | 'unused'): SettleOutcome;
  /** Throws what is refused at once; what rejects, the adapter no longer holds, unless `refusesLater`. */
  complete(tag: number, completion: Completion): Promise<SettleOutcome>;
  /** Whether a completion that rejects leaves the message held. */
  readonly refusesLater: boolean;
  retryLater(tag: number, delivery: Delivery, afterMs: number): Promise<SettleOutcome>;
  deadLetter(
    tag: number,
    delivery: Delivery,
    reason: string,
    options: DeadLetterOptions,
  ): Promise<SettleOutcome>;
  extend(tag: number, byMs: number): Promise<SettleOutcome>;
  /** Unix milliseconds, for durations of what is sent along. */
  nowMs(): number;
}

const noFollowUps: readonly FollowUp[] = [];
const settledNow: Promise<SettleOutcome> = Promise.resolve('settled');
const lostNow: Promise<SettleOutcome> = Promise.resolve('lost');

export class Delivery {
  readonly #content: DeliveredContent;
  readonly #settler: Settler;
  readonly #tag: number;
  #isSettled = false;

  constructor(content: DeliveredContent, settler: Settler, tag: number) {
    this.#content = content;
    this.#settler = settler;
    this.#tag = tag;
  }

  /** The queue it was received from. */
  get queue(): string {
    return this.#settler.queue;
  }

  get body(): Buffer {
    return this.#content.body;
  }

  get exchange(): string {
    return this.#content.exchange;
  }

  get routingKey(): string {
    return this.#content.routingKey;
  }

  get properties(): MessageProperties {
    return this.#content.properties;
  }

  get messageId(): string | undefined {
    return this.#content.messageId;
  }

  get type(): string | undefined {
    return this.#content.type;
  }

  get headers(): HeaderTable {
    return this.#content.properties.headers ?? {};
  }

  /** One header; cheaper than `headers` where few are wanted. */
  header(name: string): HeaderValue | undefined {
    return this.#content.header(name);
  }

  /** True when it may have been delivered before. */
  get redelivered(): boolean {
    return this.#content.redelivered;
  }

  get key(): string | undefined {
    return this.#nameIn(headerNames.key);
  }

  get tenant(): string | undefined {
    return this.#nameIn(headerNames.tenant);
  }

  #nameIn(header: string): string | undefined {
    const name = this.header(header);
    return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
  }

  get deadline(): Date | undefined {
    const deadlineMs = this.header(headerNames.deadline);
    return typeof deadlineMs === 'number' ? new Date(deadlineMs) : undefined;
  }

  /**
   * Which delivery this is, counted from 1. Exact for messages sent again by `retry(after)` and on queues of type
   * `quorum`; elsewhere a message that was given back counts as delivered once before.
   */
  get attempt(): number {
    const earlier = this.header(headerNames.earlierAttempts);
    const count = this.header(headerNames.deliveryCount);
    const sinceSent = typeof count === 'number' ? count : this.redelivered ? 1 : 0;
    return 1 + (typeof earlier === 'number' ? earlier : 0) + sinceSent;
  }

  /** False once it was acknowledged, given back or dead-lettered. */
  get isHeld(): boolean {
    return !this.#isSettled;
  }

  /** The body as text. */
  text(): string {
    return this.#content.text();
  }

  /** The body as JSON. Throws `bad-input` when it is none. */
  json(): unknown {
    try {
      return JSON.parse(this.text());
    } catch (error) {
      throw new SluiceError('bad-input', `the body of a message from '${this.queue}' is not JSON`, {
        cause: error,
      });
    }
  }

  /**
   * The message is done. A bare acknowledgement resolves at once: losing it in a crash means one more delivery. With
   * `send` or `records` it resolves when all of it is durable (atomic where the `completion` capability is native).
   * Rejects, and the message is still held, when a follow-up's queue does not exist.
   */
  ack(options?: AckOptions): Promise<SettleOutcome> {
    this.#begin();
    if (options?.send === undefined && options?.records === undefined)
      return this.#settler.acknowledge(this.#tag) === 'settled' ? settledNow : lostNow;
    const { send, records = [] } = options;
    const settler = this.#settler;
    const complete = (): Promise<SettleOutcome> => {
      const followUps = send === undefined ? noFollowUps : this.#followUps('queue' in send ? [send] : send);
      return settler.complete(this.#tag, { followUps, records });
    };
    return settler.refusesLater ? this.#held(complete) : this.#heldIfThrown(complete);
  }

  /** Not now: the message comes again, at once or after `after`. Counts as a try. */
  retry(after: Duration = 0): Promise<SettleOutcome> {
    const afterMs = millisecondsOf(after, 'the delay of a retry');
    this.#begin();
    if (afterMs === 0)
      return this.#settler.giveBack(this.#tag, 'failed') === 'settled' ? settledNow : lostNow;
    return this.#held(() => this.#settler.retryLater(this.#tag, this, afterMs));
  }

  /** Not here: nobody has tried it, and it goes to whoever is next. */
  release(): Promise<SettleOutcome> {
    this.#begin();
    return this.#settler.giveBack(this.#tag, 'unused') === 'settled' ? settledNow : lostNow;
  }

  /** Not ever: the message moves to the queue's dead-letter queue, with the reason in its headers. */
  deadLetter(reason: string, options: DeadLetterOptions = {}): Promise<SettleOutcome> {
    this.#begin();
    return this.#held(() => this.#settler.deadLetter(this.#tag, this, reason, options));
  }

  /** Holds it for longer than the engine's lease. */
  extend(by: Duration): Promise<SettleOutcome> {
    return this.#settler.extend(this.#tag, millisecondsOf(by, 'an extension'));
  }

  #begin(): void {
    if (this.#isSettled)
      throw new SluiceError('precondition-failed', `a message from '${this.queue}' was settled twice`);
    this.#isSettled = true;
  }

  #followUps(sends: readonly SendTo[]): FollowUp[] {
    const nowMs = this.#settler.nowMs();
    return sends.map(({ queue, message }) => ({ queue, message: engineMessage(message, nowMs) }));
  }

  /** A settlement that fails leaves the message held. */
  #held(settle: () => Promise<SettleOutcome>): Promise<SettleOutcome> {
    return this.#heldIfThrown(() =>
      settle().catch((error: unknown) => {
        this.#isSettled = false;
        throw error;
      }),
    );
  }

  #heldIfThrown(settle: () => Promise<SettleOutcome>): Promise<SettleOutcome> {
    try {
      return settle();
    } catch (error) {
      this.#isSettled = false;
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
      return Promise.reject(error);
    }
  }
}
