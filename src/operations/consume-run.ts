/**
 * One `consume` through the control socket. Never more messages are taken than will be acknowledged: the
 * prefetch is the lesser of a window and what is still wanted, so nothing is requeued at the end for having
 * been taken too early.
 */
import type { BrokerChannel, BrokerFace, ChannelSink, MessageView } from '../broker/index.js';
import type { OperationCall } from '../control/index.js';
import { SluiceError } from '../kernel/index.js';
import { deliveredMessageRow, type DeliveredRow } from './message-view.js';

const windowMax = 50;

interface HeldDelivery {
  readonly row: DeliveredRow;
  readonly releaseSequence: number;
}

/** Deliveries out, acknowledgements in. */
export class ConsumeRun implements ChannelSink {
  readonly #broker: BrokerFace;
  readonly #wanted: number;
  readonly #call: OperationCall<DeliveredRow, { acknowledge: number }>;
  readonly #held: HeldDelivery[] = [];
  #acknowledged = 0;
  #fail: (error: SluiceError) => void = () => undefined;

  constructor(
    broker: BrokerFace,
    count: number | undefined,
    call: OperationCall<DeliveredRow, { acknowledge: number }>,
  ) {
    this.#broker = broker;
    this.#wanted = count ?? Number.POSITIVE_INFINITY;
    this.#call = call;
  }

  /** Consumes from `queue` until enough is acknowledged or the caller ends. */
  async over(channel: BrokerChannel, queue: string): Promise<{ acknowledged: number }> {
    const stopListening = this.#broker.onDurable(() => {
      this.#release();
    });
    try {
      const failed = new Promise<never>((_resolve, reject) => (this.#fail = reject));
      this.#limit(channel);
      const tag = channel.consume({
        queue,
        consumerTag: '',
        noAck: false,
        exclusive: false,
        arguments: new Map(),
      });
      channel.start(tag);
      await Promise.race([this.#acknowledge(channel, tag), failed]);
    } finally {
      stopListening();
    }
    return { acknowledged: this.#acknowledged };
  }

  deliver(
    _consumerTag: string,
    _consumerTagBytes: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void {
    const row = { tag: deliveryTag, ...deliveredMessageRow(message, redelivered) };
    this.#held.push({ row, releaseSequence });
    this.#release();
  }

  consumerCancelled(): void {
    this.#fail(new SluiceError('not-found', 'the queue was deleted'));
  }

  channelFailed(_code: 'precondition-failed', message: string): void {
    this.#fail(new SluiceError('precondition-failed', message));
  }

  #release(): void {
    while (this.#held[0] !== undefined && this.#held[0].releaseSequence <= this.#broker.durableSequence) {
      const { row } = this.#held.shift()!;
      // The window bounds what waits for a slow caller; one that is gone ends the run through its messages.
      this.#call.emit(row).catch(() => undefined);
    }
  }

  async #acknowledge(channel: BrokerChannel, tag: string): Promise<void> {
    for await (const { acknowledge } of this.#call.messages) {
      this.#acknowledged += 1;
      if (this.#acknowledged >= this.#wanted) channel.cancel(tag);
      else this.#limit(channel);
      channel.acknowledge(acknowledge, false);
      if (this.#acknowledged >= this.#wanted) return;
    }
  }

  #limit(channel: BrokerChannel): void {
    channel.setPrefetch(Math.min(windowMax, this.#wanted - this.#acknowledged), true);
  }
}
