/**
 * What an exchange asks of its bindings: the destinations for a routing key and headers. The exchange knows
 * which bindings there are; an index only finds them fast. Invariant: after equal adds and removes, in any
 * order, an index routes alike and holds no more memory.
 */
import type { FieldTable, FieldValue } from '../content/index.js';

/** The exchange types that route. */
export const indexTypes = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash'] as const;

export type IndexType = (typeof indexTypes)[number];

/** What a binding leads to, as far as an index looks at it. Kind and name together are unique. */
export interface RouteTarget {
  readonly kind: string;
  readonly name: string;
}

/** The message properties that `hash-property` may name. */
export const hashProperties = ['correlation_id', 'message_id', 'timestamp'] as const;

export type HashProperty = (typeof hashProperties)[number];

/** What routing may look at besides the routing key. Asked only where the exchange type needs it. */
export interface HeaderLookup {
  /** The message header of that name. */
  get(name: string): FieldValue | undefined;
  /** The message property of that name, a timestamp as decimal digits. */
  property(name: HashProperty): string | undefined;
}

/**
 * Receives destinations, possibly the same one several times in a call of `route`. It must not call the index
 * back, nor throw.
 */
export interface RouteCollector<Destination> {
  add(destination: Destination): void;
}

/** The bindings of one exchange, by what its type matches them with. */
export interface BindingIndex<Destination> {
  /** Bindings held. */
  readonly size: number;
  /** Places that bindings stand in (keys, nodes, headers, shares), counted one by one; none without bindings. */
  countPlaces(): number;
  /**
   * Adds a binding that is not held. The same destination may be bound many times, by other routing keys or
   * other arguments. The routing key and arguments have passed `checkBinding`.
   */
  add(routingKey: string, destination: Destination, bindingArguments?: FieldTable): void;
  /** Removes a binding that is held, named as it was added. */
  remove(routingKey: string, destination: Destination, bindingArguments?: FieldTable): void;
  /** Gives every destination of a message to `into`, in no promised order, without allocating. */
  route(routingKey: string, headers: HeaderLookup, into: RouteCollector<Destination>): void;
}
