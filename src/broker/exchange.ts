/**
 * Exchanges and bindings of one virtual host, as state. Invariant: a binding stands in its source's list and in
 * its destination's inbound list, or in neither.
 */
import type { FieldTable } from './content/index.js';
import type { Governance } from './policies/policy-book.js';
import { createIndex, indexTypes, type BindingIndex, type IndexType } from './routing/index.js';
import type { Queue } from './queue.js';

/** What a binding leads to. */
export type Destination = Queue | Exchange;

export interface Binding {
  readonly id: string;
  readonly source: Exchange;
  readonly destination: Destination;
  readonly routingKey: string;
  readonly arguments: FieldTable;
  readonly isJournaled: boolean;
}

/** The types that route; an `x-delayed-message` exchange wraps one of them. */
export const exchangeTypes = indexTypes;
export type ExchangeType = IndexType;

export const delayedExchangeType = 'x-delayed-message';

export class Exchange {
  readonly kind = 'exchange';
  readonly vhost: string;
  readonly name: string;
  /** As declared. */
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly arguments: FieldTable;
  readonly isJournaled: boolean;
  readonly index: BindingIndex<Destination>;
  readonly bindings = new Map<string, Binding>();
  readonly inbound = new Set<Binding>();
  /** Holds what an `x-delayed-message` exchange delays. */
  delays: Queue | undefined = undefined;
  /** As declared. */
  readonly #alternate: string | undefined;
  /** The policies that are in effect for it. */
  governance: Governance | undefined = undefined;
  /** What clients published to it, and what queues were given of that. Since the process began; in no hash. */
  readonly published = { in: 0, out: 0 };
  /** Set by the router while it walks, so that a cycle ends. */
  routeMark = 0;

  constructor(
    options: Pick<
      Exchange,
      'vhost' | 'name' | 'type' | 'durable' | 'autoDelete' | 'internal' | 'arguments' | 'isJournaled'
    > & {
      readonly routingType: ExchangeType;
    },
  ) {
    this.vhost = options.vhost;
    this.name = options.name;
    this.type = options.type;
    this.durable = options.durable;
    this.autoDelete = options.autoDelete;
    this.internal = options.internal;
    this.arguments = options.arguments;
    this.isJournaled = options.isJournaled;
    this.index = createIndex<Destination>(options.routingType, options.arguments);
    const alternate = options.arguments.get('alternate-exchange');
    this.#alternate = typeof alternate === 'string' ? alternate : undefined;
  }

  /** Where messages go that match no binding: by its arguments, or else by policy. */
  get alternate(): string | undefined {
    if (this.#alternate !== undefined || this.governance === undefined || this.name === '')
      return this.#alternate;
    const alternate = this.governance.definition['alternate-exchange'];
    return typeof alternate === 'string' ? alternate : undefined;
  }
}

/** A message went to so many queues. */
export function countRouted(exchange: Exchange, queues: number): void {
  exchange.published.in++;
  exchange.published.out += queues;
}
