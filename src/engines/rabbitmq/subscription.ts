/**
 * A receiver's channel on one connection. Invariant: once the channel is gone nothing it delivered can be settled; the
 * server gives those messages out again.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import { SluiceError, type ErrorCode } from '../../kernel/index.js';
import {
  deadMessage,
  failureHeaders,
  retriedMessage,
  unsupported,
  type Completion,
  type DeadLetterOptions,
  type Delivery,
  type EngineMessage,
  type Settler,
  type SettleOutcome,
} from '../index.js';
import { Acknowledgements } from './acknowledgements.js';
import { absences } from './capabilities.js';
import { NativeSettlements } from './native-settlements.js';
import { RequestChannel } from './request-channel.js';
import type { ReceiverHost } from './amqp-receiver.js';

/** How a send fails that its connection's end, or the engine's, has cut off. */
const lossCodes: ReadonlySet<ErrorCode> = new Set(['connection-failed', 'closed']);

export class Subscription implements Settler {
  readonly queue: string;
  readonly refusesLater = true;
  readonly #host: ReceiverHost;
  readonly #deadLetterQueue: string;
  readonly #acknowledgements: Acknowledgements;
  readonly #onIdle: () => void;
  #native: NativeSettlements | undefined;
  #unsettled = 0;
  #isAlive = true;

  /** `onIdle` is called each time nothing is held any more. */
  constructor(
    host: ReceiverHost,
    queue: string,
    deadLetterQueue: string,
    channel: Channel,
    onIdle: () => void,
  ) {
    this.#host = host;
    this.queue = queue;
    this.#deadLetterQueue = deadLetterQueue;
    this.#acknowledgements = new Acknowledgements(channel);
    this.#onIdle = onIdle;
  }

  /** Settles by requests from now on: the server is Sluice. */
  async useRequests(channel: Channel): Promise<void> {
    this.#native = new NativeSettlements(
      await RequestChannel.open(channel, (tag) => {
        this.#acknowledgements.passed(tag);
      }),
    );
  }

  get unsettled(): number {
    return this.#unsettled;
  }

  /** Counts a delivery that is about to be handed on. */
  delivered(message: ConsumeMessage): number {
    this.#unsettled++;
    return message.fields.deliveryTag;
  }

  /** The channel is gone. */
  end(): void {
    this.#isAlive = false;
    this.#acknowledgements.end();
    this.#native?.end();
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  acknowledge(tag: number): SettleOutcome {
    return this.#settle(() => {
      this.#acknowledgements.acknowledge(tag);
    });
  }

  giveBack(tag: number, why: 'failed' | 'unused'): SettleOutcome {
    const native = this.#native;
    return this.#settle(() => {
      if (native === undefined || why === 'unused') {
        this.#acknowledgements.giveBack(tag, why);
        return;
      }
      native.failed(tag);
      this.#acknowledgements.passed(tag);
    });
  }

  /** Sends what is put off, before the channel closes. */
  flush(): void {
    if (!this.#isAlive) return;
    try {
      this.#acknowledgements.flush();
    } catch {
      // The channel closed and has not said so yet: its messages come again.
    }
  }

  complete(tag: number, completion: Completion): Promise<SettleOutcome> {
    const native = this.#native;
    return native === undefined
      ? this.#completeInSteps(tag, completion)
      : this.#settleBy(tag, () => native.complete(tag, completion));
  }

  /** What goes along is sent first. */
  async #completeInSteps(tag: number, { followUps, records }: Completion): Promise<SettleOutcome> {
    if (records.length > 0) this.#host.requireRecords();
    if (!this.#isAlive) return 'lost';
    const queues = new Map<string, EngineMessage[]>();
    for (const { queue, message } of followUps) {
      const messages = queues.get(queue);
      if (messages === undefined) queues.set(queue, [message]);
      else messages.push(message);
    }
    return this.#acknowledgeAfter(tag, () =>
      Promise.all([...queues].map(([queue, messages]) => this.#host.send(queue, messages))),
    );
  }

  async retryLater(tag: number, delivery: Delivery, afterMs: number): Promise<SettleOutcome> {
    const native = this.#native;
    if (native !== undefined) return this.#settleBy(tag, () => native.retry(tag, afterMs));
    if (!this.#isAlive) return 'lost';
    return this.#acknowledgeAfter(tag, () =>
      this.#host.resend(this.queue, retriedMessage(delivery, afterMs)),
    );
  }

  async deadLetter(
    tag: number,
    delivery: Delivery,
    reason: string,
    options: DeadLetterOptions,
  ): Promise<SettleOutcome> {
    const { headers, records = [] } = options;
    const native = this.#native;
    if (native !== undefined) return this.#deadLetterBy(native, tag, delivery, reason, options);
    if (records.length > 0) this.#host.requireRecords();
    if (!this.#isAlive) return 'lost';
    return this.#acknowledgeAfter(tag, async () => {
      await this.#host.makeDeadLetterQueue(this.#deadLetterQueue);
      await this.#host.resend(this.#deadLetterQueue, deadMessage(delivery, reason, headers));
    });
  }

  async #deadLetterBy(
    native: NativeSettlements,
    tag: number,
    delivery: Delivery,
    reason: string,
    { headers, records = [] }: DeadLetterOptions,
  ): Promise<SettleOutcome> {
    if (!this.#isAlive) return 'lost';
    const queue = this.#deadLetterQueue;
    try {
      await this.#host.makeDeadLetterQueue(queue);
    } catch (error) {
      return this.#lostOr(error);
    }
    if (records.length > 0) {
      const followUps = [{ queue, message: deadMessage(delivery, reason, headers) }];
      return this.#settleBy(tag, () => native.complete(tag, { followUps, records }));
    }
    const told = { ...headers, ...failureHeaders(delivery, reason) };
    return this.#settleBy(tag, () => native.deadLetter(tag, queue, told));
  }

  /** By a request: what is not settled stays held, until its channel is gone. */
  async #settleBy(tag: number, ask: () => Promise<SettleOutcome>): Promise<SettleOutcome> {
    if (!this.#isAlive) return 'lost';
    const outcome = await ask();
    this.#acknowledgements.passed(tag);
    this.#settle(() => undefined);
    return outcome;
  }

  extend(): Promise<SettleOutcome> {
    return Promise.reject(unsupported(this.#host.kind, 'extend', absences.extend));
  }

  async #acknowledgeAfter(tag: number, send: () => Promise<unknown>): Promise<SettleOutcome> {
    try {
      await send();
    } catch (error) {
      return this.#lostOr(error);
    }
    return this.acknowledge(tag);
  }

  /** What fails with the connection has lost the message too; anything else is thrown. */
  #lostOr(error: unknown): SettleOutcome {
    if (!this.#isAlive && error instanceof SluiceError && lossCodes.has(error.code)) return 'lost';
    throw error;
  }

  #settle(settle: () => void): SettleOutcome {
    if (!this.#isAlive) return 'lost';
    try {
      settle();
    } catch {
      // The channel closed and has not said so yet.
      return 'lost';
    }
    this.#unsettled--;
    if (this.#unsettled === 0) this.#onIdle();
    return 'settled';
  }
}
