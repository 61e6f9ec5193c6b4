/** A model of a publisher: messages at random moments, at a rate that a scenario changes. It waits while it is blocked. */
import type { Broker, BrokerChannel, BrokerConnection } from '../../src/broker/index.js';
import type { Random } from '../../src/kernel/index.js';
import { inboundMessage, type MessageChoice } from '../../tests/simulation/inbound-message.js';

export interface ProducerOptions {
  readonly exchange?: string;
  readonly routingKey: string;
  readonly perSecond: number;
  /** Keys to choose from; 0: messages have none. */
  readonly keys?: number;
  /** From now, in milliseconds; left out: no deadline. */
  readonly deadlineMs?: number;
  readonly bytes?: number;
}

export class Producer {
  readonly #broker: Broker;
  readonly #random: Random;
  readonly options: ProducerOptions;
  readonly #connection: BrokerConnection;
  readonly #channel: BrokerChannel;
  perSecond: number;
  bytes: number;
  /** Share of its messages that go to a key that leads nowhere. */
  strayShare = 0;
  /** Share of its messages that have the key 0. */
  hotShare = 0;
  isUp = true;
  /** Publishes to come that no worker can process. */
  poisons = 0;

  constructor(broker: Broker, name: string, options: ProducerOptions, random: Random) {
    this.#broker = broker;
    this.#random = random;
    this.options = options;
    this.perSecond = options.perSecond;
    this.bytes = options.bytes ?? 200;
    this.#connection = broker.connect({ name, user: 'guest', vhost: '/' });
    this.#channel = this.#connection.openChannel({
      deliver: () => undefined,
      consumerCancelled: () => undefined,
      channelFailed: () => undefined,
    });
  }

  /** Publishes what falls into `elapsedMs`. */
  step(nowMs: number, elapsedMs: number): void {
    if (!this.isUp || this.#broker.alarms.size > 0) return;
    for (let left = this.#count((this.perSecond * elapsedMs) / 1_000); left > 0; left--) {
      if (this.#broker.pressure) return;
      this.#publish(nowMs);
    }
  }

  /** How many events of a Poisson process fall into a step (Knuth; normal above 30). */
  #count(mean: number): number {
    if (mean > 30) {
      const sum = Array.from({ length: 12 }, () => this.#random.next()).reduce((a, b) => a + b, -6);
      return Math.max(0, Math.round(mean + sum * Math.sqrt(mean)));
    }
    const limit = Math.exp(-mean);
    let [count, product] = [0, this.#random.next()];
    while (product > limit) {
      count++;
      product *= this.#random.next();
    }
    return count;
  }

  #publish(nowMs: number): void {
    const { exchange, routingKey, keys = 0, deadlineMs } = this.options;
    const random = this.#random;
    const headers: Record<string, unknown> = {};
    if (keys > 0) headers['x-key'] = random.next() < this.hotShare ? 'key-0' : `key-${random.integer(keys)}`;
    if (deadlineMs !== undefined) headers['x-deadline'] = Math.round(nowMs + deadlineMs);
    const isStray = random.next() < this.strayShare;
    const choice: MessageChoice = {
      routingKey: isStray ? `${routingKey}-mistyped` : routingKey,
      body: this.poisons > 0 ? 'poison' : Buffer.alloc(this.bytes, 120),
      ...(exchange === undefined ? {} : { exchange }),
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    };
    if (this.poisons > 0) this.poisons--;
    this.#channel.publish(inboundMessage(choice));
  }

  close(): void {
    this.isUp = false;
    this.#connection.close();
  }
}
