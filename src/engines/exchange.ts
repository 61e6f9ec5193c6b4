/** An exchange as a program sees it: publish, and bind queues and exchanges to it. */
import type { Clock } from '../kernel/index.js';
import type { Engine } from './engine.js';
import { engineMessage, type Sendable } from './outgoing.js';
import type { Binding, ExchangeDeclaration } from './topology.js';

/** What binds a destination, besides its name. */
export type BindOptions = Omit<Binding, 'source' | 'destination'>;

export class Exchange {
  readonly name: string;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #declaration: ExchangeDeclaration | undefined;
  #declared: Promise<void> | undefined;

  constructor(engine: Engine, clock: Clock, name: string, declaration: ExchangeDeclaration | undefined) {
    this.#engine = engine;
    this.#clock = clock;
    this.name = name;
    this.#declaration = declaration;
  }

  /** Publishes messages; resolves when they are durable in every queue they went to. Gives how many no queue took. */
  async publish(
    routingKey: string,
    ...messages: readonly Sendable[]
  ): Promise<{ readonly unroutable: number }> {
    const nowMs = this.#clock.now();
    const outgoing = messages.map((message) => engineMessage(message, nowMs));
    await this.declare();
    return this.#engine.publish(this.name, routingKey, outgoing);
  }

  /** Binds a queue (or an exchange) to this exchange. */
  async bind(destination: string, options: BindOptions = {}): Promise<void> {
    await this.declare();
    await this.#engine.topology.bind({ source: this.name, destination, ...options });
  }

  async unbind(destination: string, options: BindOptions = {}): Promise<void> {
    await this.#engine.topology.unbind({ source: this.name, destination, ...options });
  }

  async delete(): Promise<void> {
    await this.#engine.topology.deleteExchange(this.name);
    this.#declared = undefined;
  }

  /** Makes the exchange now rather than at its first use; without a declaration it must exist. */
  async declare(): Promise<void> {
    if (this.#declaration === undefined) return;
    this.#declared ??= this.#engine.topology.declareExchange(this.name, this.#declaration);
    try {
      await this.#declared;
    } catch (error) {
      this.#declared = undefined;
      throw error;
    }
  }
}
