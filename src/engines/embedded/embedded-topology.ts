/** Queues, exchanges and bindings of the embedded engine: the broker's calls, resolved when they are durable. */
import {
  fieldTable,
  type Administration,
  type BindingDeclaration,
  type BrokerChannel,
  type QueueReport as BrokerQueueReport,
} from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import {
  argumentsOf,
  type Binding,
  type ExchangeDeclaration,
  type QueueDeclaration,
  type QueueInfo,
  type Topology,
  type TopologyReport,
} from '../index.js';
import type { DurableWaiters } from './durable-waiters.js';
import { headerTable } from './inbound-content.js';

/** The virtual host that an embedded engine works in. */
export const virtualHost = '/';

export class EmbeddedTopology implements Topology {
  readonly #channel: BrokerChannel;
  readonly #administration: Administration;
  readonly #waiters: DurableWaiters;

  constructor(channel: BrokerChannel, administration: Administration, waiters: DurableWaiters) {
    this.#channel = channel;
    this.#administration = administration;
    this.#waiters = waiters;
  }

  async declareQueue(name: string, declaration?: QueueDeclaration): Promise<void> {
    if (declaration === undefined && this.#exists(name)) return;
    const { durable = true, exclusive = false, autoDelete = false } = declaration ?? {};
    const { sequence } = this.#channel.declareQueue({
      name,
      durable,
      exclusive,
      autoDelete,
      arguments: fieldTable(argumentsOf(declaration ?? {})),
    });
    await this.#waiters.wait(sequence);
  }

  #exists(name: string): boolean {
    try {
      this.#channel.describeQueue(name);
      return true;
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'not-found') return false;
      throw error;
    }
  }

  describeQueue(name: string): Promise<QueueInfo | undefined> {
    const report = this.reports([name])[0];
    return Promise.resolve(
      report && {
        name,
        ready: report.ready,
        consumers: report.consumers,
        unacknowledged: report.unacknowledged,
        delayed: report.delayed,
        held: report.held,
        bytes: report.bytes,
      },
    );
  }

  /** The broker's own reports, of the named queues or of all. */
  reports(names?: readonly string[]): readonly BrokerQueueReport[] {
    const reports = this.#administration.listQueues(virtualHost);
    return names === undefined ? reports : reports.filter(({ name }) => names.includes(name));
  }

  async deleteQueue(
    name: string,
    when: { readonly unused?: boolean; readonly empty?: boolean } = {},
  ): Promise<number> {
    const { unused = false, empty = false } = when;
    const { messageCount, sequence } = this.#channel.deleteQueue(name, unused, empty);
    await this.#waiters.wait(sequence);
    return messageCount;
  }

  async purgeQueue(name: string): Promise<number> {
    const { messageCount, sequence } = this.#channel.purgeQueue(name);
    await this.#waiters.wait(sequence);
    return messageCount;
  }

  async setPaused(name: string, paused: boolean): Promise<boolean> {
    const { changed, sequence } = this.#channel.messages.setPaused(name, paused);
    await this.#waiters.wait(sequence);
    return changed;
  }

  async declareExchange(name: string, declaration: ExchangeDeclaration): Promise<void> {
    const { type, durable = true, autoDelete = false, internal = false } = declaration;
    const { sequence } = this.#channel.declareExchange({
      name,
      type,
      durable,
      autoDelete,
      internal,
      arguments: fieldTable(declaration.arguments ?? {}),
    });
    await this.#waiters.wait(sequence);
  }

  async deleteExchange(name: string): Promise<void> {
    await this.#waiters.wait(this.#channel.deleteExchange(name, false).sequence);
  }

  async bind(binding: Binding): Promise<void> {
    const declaration = bindingDeclaration(binding);
    const { sequence } =
      binding.destinationKind === 'exchange'
        ? this.#channel.bindExchange(declaration)
        : this.#channel.bindQueue(declaration);
    await this.#waiters.wait(sequence);
  }

  async unbind(binding: Binding): Promise<void> {
    const declaration = bindingDeclaration(binding);
    const { sequence } =
      binding.destinationKind === 'exchange'
        ? this.#channel.unbindExchange(declaration)
        : this.#channel.unbindQueue(declaration);
    await this.#waiters.wait(sequence);
  }

  describe(): Promise<TopologyReport> {
    const administration = this.#administration;
    const plain = <Report extends { readonly arguments: Parameters<typeof headerTable>[0] }>(
      report: Report,
    ) => ({ ...report, arguments: headerTable(report.arguments) });
    return Promise.resolve({
      queues: administration.listQueues(virtualHost).map((queue) => {
        const { name, durable, exclusive, autoDelete } = queue;
        return { name, durable, exclusive, autoDelete, arguments: headerTable(queue.arguments) };
      }),
      exchanges: administration.listExchanges(virtualHost).map((exchange) => {
        const { name, type, durable, autoDelete, internal } = exchange;
        return { name, type, durable, autoDelete, internal, arguments: headerTable(exchange.arguments) };
      }),
      bindings: administration.listBindings(virtualHost).map(plain),
    });
  }
}

function bindingDeclaration({ source, destination, routingKey = '', ...rest }: Binding): BindingDeclaration {
  return { source, destination, routingKey, arguments: fieldTable(rest.arguments ?? {}) };
}
