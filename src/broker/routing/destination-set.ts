/**
 * The destinations of one place in an index, each counted as often as it is bound there. Invariant: every
 * destination stands once in `destinations`.
 */
import { assert } from '../../kernel/index.js';
import type { RouteCollector } from './binding-index.js';

/** From this size on a map says where a destination stands; below, looking through is as fast and smaller. */
const indexedFrom = 32;

export class DestinationSet<Destination> {
  readonly #destinations: Destination[] = [];
  /** How often each stands beyond the first; absent: never. Most are bound once. */
  #repeats: Map<Destination, number> | undefined;
  #places: Map<Destination, number> | undefined;

  get isEmpty(): boolean {
    return this.#destinations.length === 0;
  }

  add(destination: Destination): void {
    if (this.#placeOf(destination) >= 0) {
      this.#repeats ??= new Map();
      this.#repeats.set(destination, (this.#repeats.get(destination) ?? 0) + 1);
      return;
    }
    const place = this.#destinations.push(destination) - 1;
    if (this.#places !== undefined) this.#places.set(destination, place);
    else if (place + 1 >= indexedFrom)
      this.#places = new Map(this.#destinations.map((each, at) => [each, at]));
  }

  remove(destination: Destination): void {
    const repeats = this.#repeats?.get(destination) ?? 0;
    if (repeats > 1) this.#repeats?.set(destination, repeats - 1);
    else if (repeats === 1) this.#forgetRepeats(destination);
    else this.#take(destination);
  }

  /** Gives every destination to `into`, once. */
  collect(into: RouteCollector<Destination>): void {
    const destinations = this.#destinations;
    for (let at = 0; at < destinations.length; at++) into.add(destinations[at]!);
  }

  #forgetRepeats(destination: Destination): void {
    this.#repeats?.delete(destination);
    if (this.#repeats?.size === 0) this.#repeats = undefined;
  }

  /** Takes a destination out; the last one moves to its place. */
  #take(destination: Destination): void {
    const place = this.#placeOf(destination);
    assert(place >= 0, 'only a bound destination is removed');
    const last = this.#destinations.pop()!;
    if (last !== destination) {
      this.#destinations[place] = last;
      this.#places?.set(last, place);
    }
    this.#places?.delete(destination);
    if (this.#destinations.length < indexedFrom / 2) this.#places = undefined;
  }

  #placeOf(destination: Destination): number {
    return this.#places === undefined
      ? this.#destinations.indexOf(destination)
      : (this.#places.get(destination) ?? -1);
  }
}
