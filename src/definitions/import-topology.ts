/**
 * Imports virtual hosts, exchanges, queues and bindings. Each is declared, also when it exists, so that one that
 * differs is found; what was there before counts as unchanged.
 */
import { fieldTable, type BrokerChannel, type BrokerConnection, type ChannelSink } from '../broker/index.js';
import { SluiceError } from '../kernel/index.js';
import type { DefinitionKind } from './document.js';
import { bindingItem, exchangeItem, queueItem, vhostItem } from './items.js';
import { readItem } from './read-item.js';
import type { ImportTally, ItemOutcome } from './report.js';
import type { DefinitionsTarget, ImportOptions } from './target.js';

const nothing = (): void => undefined;
const silentSink: ChannelSink = { deliver: nothing, consumerCancelled: nothing, channelFailed: nothing };

function keyOf(names: readonly string[]): string {
  return JSON.stringify(names);
}

function isEmpty(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** The topology part of one import. */
export class TopologyImport {
  readonly #target: DefinitionsTarget;
  readonly #options: ImportOptions;
  readonly #tally: ImportTally;
  readonly #connections: BrokerConnection[] = [];
  readonly #channels = new Map<string, BrokerChannel>();
  /** What existed or was made, so that a repeat can be told from a creation. */
  readonly #known: Readonly<Record<'vhost' | 'queue' | 'exchange' | 'binding', Set<string>>>;

  constructor(target: DefinitionsTarget, options: ImportOptions, tally: ImportTally) {
    const { broker } = target;
    this.#target = target;
    this.#options = options;
    this.#tally = tally;
    this.#known = {
      vhost: new Set(broker.administration.listVirtualHosts().map((name) => keyOf([name]))),
      queue: new Set(broker.administration.listQueues().map(({ vhost, name }) => keyOf([vhost, name]))),
      exchange: new Set(broker.administration.listExchanges().map(({ vhost, name }) => keyOf([vhost, name]))),
      binding: new Set(
        broker.administration
          .listBindings()
          .map(({ vhost, source, destinationKind, destination, routingKey }) =>
            keyOf([vhost, source, destinationKind, destination, routingKey]),
          ),
      ),
    };
  }

  /** Ends the connections that were opened. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  vhost(item: unknown): void {
    const vhost = readItem('vhosts', vhostItem, item, this.#tally);
    if (vhost === undefined) return;
    const label = `vhost '${vhost.name}'`;
    this.#declare('vhosts', label, this.#known.vhost, [vhost.name], () =>
      this.#target.broker.administration.createVirtualHost(vhost.name),
    );
    if (!isEmpty(vhost.limits)) {
      const reason = 'limits of a virtual host are not supported; it was imported without';
      this.#tally.note({ kind: 'vhosts', item: label, outcome: 'unsupported', reason });
    }
  }

  exchange(item: unknown): void {
    const exchange = readItem('exchanges', exchangeItem, item, this.#tally);
    if (exchange === undefined) return;
    const { name, type, durable, internal } = exchange;
    const vhost = exchange.vhost ?? this.#options.vhost;
    this.#declare(
      'exchanges',
      `exchange '${name}' in vhost '${vhost}'`,
      this.#known.exchange,
      [vhost, name],
      () =>
        this.#channel(vhost).declareExchange({
          name,
          type,
          durable,
          internal,
          autoDelete: exchange.auto_delete,
          arguments: fieldTable(exchange.arguments),
        }),
    );
  }

  queue(item: unknown): void {
    const queue = readItem('queues', queueItem, item, this.#tally);
    if (queue === undefined) return;
    const { name, durable } = queue;
    const vhost = queue.vhost ?? this.#options.vhost;
    this.#declare('queues', `queue '${name}' in vhost '${vhost}'`, this.#known.queue, [vhost, name], () =>
      this.#channel(vhost).declareQueue({
        name,
        durable,
        exclusive: false,
        autoDelete: queue.auto_delete,
        arguments: fieldTable(queue.arguments),
      }),
    );
  }

  binding(item: unknown): void {
    const binding = readItem('bindings', bindingItem, item, this.#tally);
    if (binding === undefined) return;
    const { source, destination, destination_type: kind, routing_key: routingKey } = binding;
    const vhost = binding.vhost ?? this.#options.vhost;
    const label = `binding of ${kind} '${destination}' to '${source}' by '${routingKey}' in vhost '${vhost}'`;
    const names = [vhost, source, kind, destination, routingKey];
    this.#declare('bindings', label, this.#known.binding, names, () => {
      const channel = this.#channel(vhost);
      const declaration = { source, destination, routingKey, arguments: fieldTable(binding.arguments) };
      return kind === 'queue' ? channel.bindQueue(declaration) : channel.bindExchange(declaration);
    });
  }

  /** Declares, and counts as created or unchanged; declaring what exists checks that it is the same. */
  #declare(
    kind: DefinitionKind,
    label: string,
    known: Set<string>,
    names: readonly string[],
    declare: () => unknown,
  ): void {
    const key = keyOf(names);
    const outcome: ItemOutcome = known.has(key) ? 'unchanged' : 'created';
    try {
      if (!this.#options.dryRun) declare();
    } catch (error) {
      // Something new that is refused for its type or arguments exists in RabbitMQ, and not here.
      const isForeign =
        outcome === 'created' && error instanceof SluiceError && error.code === 'precondition-failed';
      if (!isForeign) this.#tally.refuseFor(kind, label, error);
      else this.#tally.refuse({ kind, item: label, outcome: 'unsupported', reason: error.message });
      return;
    }
    known.add(key);
    this.#tally.count(kind, outcome);
  }

  #channel(vhost: string): BrokerChannel {
    let channel = this.#channels.get(vhost);
    if (channel === undefined) {
      const { broker, actor } = this.#target;
      const connection = broker.connect({ name: 'definitions import', user: actor.identity.name, vhost });
      this.#connections.push(connection);
      channel = connection.openChannel(silentSink);
      this.#channels.set(vhost, channel);
    }
    return channel;
  }
}
