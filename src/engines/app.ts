/** What `open` gives: the queues and exchanges of one engine. Invariant: after `close` the engine holds nothing. */
import type { Clock } from '../kernel/index.js';
import type { Capabilities } from './capability.js';
import type { Engine } from './engine.js';
import { Exchange } from './exchange.js';
import { Queue } from './queue.js';
import { checkName, type QueueOptions } from './queue-options.js';
import type { EngineRole, Sharing } from './sharing.js';
import type { ExchangeDeclaration } from './topology.js';

export class App implements AsyncDisposable {
  /** The engine port itself: topology, records, samples. */
  readonly engine: Engine;
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();
  readonly #exchanges = new Map<string, Exchange>();

  readonly #sharing: Sharing | undefined;

  /** `sharing` for an engine on a directory, which other processes may share. */
  constructor(engine: Engine, clock: Clock, sharing?: Sharing) {
    this.engine = engine;
    this.#clock = clock;
    this.#sharing = sharing;
  }

  /**
   * `owner`: this process has the directory; `attached`: another has it, and this one works through it. Undefined for
   * a server's engine.
   */
  get role(): EngineRole | undefined {
    return this.#sharing?.role;
  }

  /** The ports that this process listens on for others: none while it is attached. */
  get ports(): Readonly<Record<string, number>> {
    return this.#sharing?.ports ?? {};
  }

  /** Calls `listener` whenever the role changes. Gives the function that stops it. */
  on(event: 'role', listener: (role: EngineRole) => void): () => void {
    return this.#sharing?.on(event, listener) ?? (() => undefined);
  }

  /** What the engine has natively, emulated with a stated limit, or not at all. It may change with the role. */
  get capabilities(): Capabilities {
    return this.engine.capabilities;
  }

  /** A queue by name; it is declared at its first use. Without options an existing queue is taken as it is. */
  queue(name: string, options?: QueueOptions): Queue {
    checkName(name, 'a queue');
    const known = this.#queues.get(name);
    if (options === undefined && known !== undefined) return known;
    const queue = new Queue(this.engine, this.#clock, name, options);
    // The first description stays the one that its name stands for: a second one may be refused.
    if (known?.isDescribed !== true) this.#queues.set(name, queue);
    return queue;
  }

  /** An exchange by name; with a declaration it is declared at its first use, without one it must exist. */
  exchange(name: string, declaration?: ExchangeDeclaration): Exchange {
    checkName(name, 'an exchange');
    let exchange = declaration === undefined ? this.#exchanges.get(name) : undefined;
    if (exchange === undefined)
      this.#exchanges.set(name, (exchange = new Exchange(this.engine, this.#clock, name, declaration)));
    return exchange;
  }

  /** Gives back what is held and ends. Safe to call twice. */
  close(): Promise<void> {
    return this.engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
