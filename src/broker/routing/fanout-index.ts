/** Bindings that every message matches (AMQP 0-9-1, section 3.1.3.2). */
import type { BindingIndex, HeaderLookup, RouteCollector } from './binding-index.js';
import { DestinationSet } from './destination-set.js';

export class FanoutIndex<Destination> implements BindingIndex<Destination> {
  readonly #destinations = new DestinationSet<Destination>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countPlaces(): number {
    return this.#destinations.isEmpty ? 0 : 1;
  }

  add(_routingKey: string, destination: Destination): void {
    this.#destinations.add(destination);
    this.#size++;
  }

  remove(_routingKey: string, destination: Destination): void {
    this.#destinations.remove(destination);
    this.#size--;
  }

  route(_routingKey: string, _headers: HeaderLookup, into: RouteCollector<Destination>): void {
    this.#destinations.collect(into);
  }
}
