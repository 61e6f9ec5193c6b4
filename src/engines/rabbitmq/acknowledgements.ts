/**
 * Acknowledgements on their way to the server: those of messages in a row go out as one, once a turn of the event
 * loop. Invariant: what is acknowledged together was all settled; a message is settled on the wire once.
 */
import type { Channel, Message } from 'amqplib';

export class Acknowledgements {
  readonly #channel: Pick<Channel, 'ack' | 'nack' | 'reject'>;
  /** Every tag up to this one is settled. */
  #settledTo = 0;
  /** Settled tags above `#settledTo`; they went out by themselves. */
  readonly #settledAhead = new Set<number>();
  /** The last tag that waits to go out; 0: none. */
  #due = 0;
  #isScheduled = false;
  #hasEnded = false;

  constructor(channel: Pick<Channel, 'ack' | 'nack' | 'reject'>) {
    this.#channel = channel;
  }

  /** Throws when the channel is gone. */
  acknowledge(tag: number): void {
    if (tag !== this.#settledTo + 1) {
      this.#channel.ack(named(tag));
      this.#settledAhead.add(tag);
      return;
    }
    this.#due = tag;
    this.#settled(tag);
    this.#flushSoon();
  }

  /** Since RabbitMQ 4.3 a quorum queue counts what is rejected towards its delivery limit, and not what is nacked. */
  giveBack(tag: number, why: 'failed' | 'unused'): void {
    // What was acknowledged before goes first: the server must not see the row pass over this one.
    this.flush();
    if (why === 'failed') this.#channel.reject(named(tag), true);
    else this.#channel.nack(named(tag), false, true);
    this.#settled(tag);
  }

  /** A tag is settled by other means, or was never a delivery that could be. */
  passed(tag: number): void {
    this.#settled(tag);
  }

  flush(): void {
    if (this.#due === 0) return;
    const tag = this.#due;
    this.#due = 0;
    this.#channel.ack(named(tag), true);
  }

  /** The channel is gone; what is put off is lost with it. */
  end(): void {
    this.#hasEnded = true;
    this.#due = 0;
  }

  #settled(tag: number): void {
    if (tag !== this.#settledTo + 1) {
      this.#settledAhead.add(tag);
      return;
    }
    this.#settledTo = tag;
    while (this.#settledAhead.delete(this.#settledTo + 1)) this.#settledTo++;
  }

  #flushSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#hasEnded) return;
      try {
        this.flush();
      } catch {
        // The channel closed and has not said so yet: its messages come again.
      }
    });
  }
}

/** The client library wants the message and reads only its tag. */
function named(deliveryTag: number): Message {
  return { fields: { deliveryTag } } as Message;
}
