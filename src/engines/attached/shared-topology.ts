/**
 * Queues, exchanges and bindings through whoever owns the directory. Invariant: what goes with a connection (exclusive
 * and auto-delete queues) is declared again on the next engine before anybody uses it.
 */
import type {
  Binding,
  Engine,
  ExchangeDeclaration,
  QueueDeclaration,
  QueueInfo,
  Topology,
  TopologyReport,
} from '../index.js';

/** Runs a call on the topology of whichever engine is there. */
type Runner = <Result>(work: (topology: Topology) => Promise<Result>) => Promise<Result>;

export class SharedTopology implements Topology {
  readonly #run: Runner;
  readonly #volatile = new Map<string, QueueDeclaration>();

  constructor(run: Runner) {
    this.#run = run;
  }

  /** Makes again what went with the last engine. Who uses a queue that is refused now hears of it there. */
  async restore(engine: Engine): Promise<void> {
    for (const [name, declaration] of this.#volatile)
      await engine.topology.declareQueue(name, declaration).catch(() => undefined);
  }

  async declareQueue(name: string, declaration?: QueueDeclaration): Promise<void> {
    await this.#run((topology) => topology.declareQueue(name, declaration));
    if (declaration?.exclusive === true || declaration?.autoDelete === true)
      this.#volatile.set(name, declaration);
  }

  describeQueue(name: string): Promise<QueueInfo | undefined> {
    return this.#run((topology) => topology.describeQueue(name));
  }

  async deleteQueue(
    name: string,
    when?: { readonly unused?: boolean; readonly empty?: boolean },
  ): Promise<number> {
    const messages = await this.#run((topology) => topology.deleteQueue(name, when));
    this.#volatile.delete(name);
    return messages;
  }

  purgeQueue(name: string): Promise<number> {
    return this.#run((topology) => topology.purgeQueue(name));
  }

  setPaused(name: string, paused: boolean): Promise<boolean> {
    return this.#run((topology) => topology.setPaused(name, paused));
  }

  declareExchange(name: string, declaration: ExchangeDeclaration): Promise<void> {
    return this.#run((topology) => topology.declareExchange(name, declaration));
  }

  deleteExchange(name: string): Promise<void> {
    return this.#run((topology) => topology.deleteExchange(name));
  }

  bind(binding: Binding): Promise<void> {
    return this.#run((topology) => topology.bind(binding));
  }

  unbind(binding: Binding): Promise<void> {
    return this.#run((topology) => topology.unbind(binding));
  }

  describe(): Promise<TopologyReport> {
    return this.#run((topology) => topology.describe());
  }
}
