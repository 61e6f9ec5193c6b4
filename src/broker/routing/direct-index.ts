/** Bindings matched by equality of the routing key (AMQP 0-9-1, section 3.1.3.1). */
import { assert } from '../../kernel/index.js';
import type { BindingIndex, HeaderLookup, RouteCollector } from './binding-index.js';
import { DestinationSet } from './destination-set.js';

export class DirectIndex<Destination> implements BindingIndex<Destination> {
  readonly #byKey = new Map<string, DestinationSet<Destination>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countPlaces(): number {
    return this.#byKey.size;
  }

  add(routingKey: string, destination: Destination): void {
    let destinations = this.#byKey.get(routingKey);
    if (destinations === undefined) this.#byKey.set(routingKey, (destinations = new DestinationSet()));
    destinations.add(destination);
    this.#size++;
  }

  remove(routingKey: string, destination: Destination): void {
    const destinations = this.#byKey.get(routingKey);
    assert(destinations !== undefined, 'only a bound routing key is removed');
    destinations.remove(destination);
    if (destinations.isEmpty) this.#byKey.delete(routingKey);
    this.#size--;
  }

  route(routingKey: string, _headers: HeaderLookup, into: RouteCollector<Destination>): void {
    this.#byKey.get(routingKey)?.collect(into);
  }
}
