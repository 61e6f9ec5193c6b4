/**
 * Bindings that share messages out by a hash of the routing key, of a header or of a property, as RabbitMQ's
 * `x-consistent-hash` exchange does: equal values go to one destination, each destination gets values in
 * proportion to its weight (its routing key), and a change moves no more values than it must.
 *
 * By weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker
 * 2005): every destination draws a score for the value, the highest wins. It depends on names and weights
 * alone, not on the order of bindings, so a restart or a restore changes nothing. Invariant: each destination
 * stands once, with the weight of its oldest binding; RabbitMQ too lets further ones count for nothing.
 */
import { assert } from '../../kernel/index.js';
import { encodeFieldTable, FieldNumber, type FieldTable, type FieldValue } from '../content/index.js';
import type { BindingIndex, HeaderLookup, RouteCollector, RouteTarget } from './binding-index.js';
import { hashSourceOf, weightOf, type HashSource } from './hash-source.js';
import { comparable } from './header-match.js';
import { hashText, spread } from './text-hash.js';

interface Share<Destination> {
  readonly destination: Destination;
  readonly hash: number;
  /** Weights of its bindings, oldest first; the first counts. */
  readonly weights: number[];
}

export class ConsistentHashIndex<Destination extends RouteTarget> implements BindingIndex<Destination> {
  readonly #source: HashSource;
  readonly #shares: Share<Destination>[] = [];
  readonly #byDestination = new Map<Destination, Share<Destination>>();
  #size = 0;
  /** Whether all weights are the same: then scores need no logarithm. */
  #isEven = true;

  constructor(exchangeArguments: FieldTable) {
    this.#source = hashSourceOf(exchangeArguments);
  }

  get size(): number {
    return this.#size;
  }

  countPlaces(): number {
    return this.#shares.length;
  }

  add(routingKey: string, destination: Destination): void {
    const weight = weightOf(routingKey);
    assert(weight !== undefined, 'a weight was checked');
    const known = this.#byDestination.get(destination);
    if (known !== undefined) known.weights.push(weight);
    else this.#addShare(destination, weight);
    this.#size++;
  }

  remove(routingKey: string, destination: Destination): void {
    const share = this.#byDestination.get(destination);
    const at = share?.weights.indexOf(weightOf(routingKey) ?? 0) ?? -1;
    assert(share !== undefined && at >= 0, 'only a held binding is removed');
    share.weights.splice(at, 1);
    if (share.weights.length === 0) {
      this.#byDestination.delete(destination);
      this.#shares.splice(this.#shares.indexOf(share), 1);
    }
    this.#size--;
    this.#compareWeights();
  }

  route(routingKey: string, headers: HeaderLookup, into: RouteCollector<Destination>): void {
    if (this.#shares.length === 0) return;
    const hash = hashText(valueToHash(this.#source, routingKey, headers));
    into.add(this.#isEven ? this.#highestEven(hash) : this.#highestWeighted(hash));
  }

  #addShare(destination: Destination, weight: number): void {
    const hash = hashText(`${destination.kind} ${destination.name}`, nameSeed);
    const share = { destination, hash, weights: [weight] };
    this.#shares.push(share);
    this.#byDestination.set(destination, share);
    this.#compareWeights();
  }

  #compareWeights(): void {
    this.#isEven = this.#shares.every(({ weights }) => weights[0] === this.#shares[0]!.weights[0]);
  }

  /** With equal weights the highest draw wins; the weighted score orders the same draws alike. */
  #highestEven(hash: number): Destination {
    const shares = this.#shares;
    let winner = shares[0]!;
    let highest = draw(winner.hash, hash);
    for (let at = 1; at < shares.length; at++) {
      const drawn = draw(shares[at]!.hash, hash);
      if (drawn < highest || (drawn === highest && !isBefore(shares[at]!, winner))) continue;
      winner = shares[at]!;
      highest = drawn;
    }
    return winner.destination;
  }

  #highestWeighted(hash: number): Destination {
    const shares = this.#shares;
    let winner = shares[0]!;
    let lowest = Infinity;
    for (let at = 0; at < shares.length; at++) {
      const share = shares[at]!;
      // Exponentially distributed at the rate of the weight: the first to arrive wins.
      const arrival = -Math.log((draw(share.hash, hash) + 0.5) / 2 ** 32) / share.weights[0]!;
      if (arrival > lowest || (arrival === lowest && !isBefore(share, winner))) continue;
      winner = share;
      lowest = arrival;
    }
    return winner.destination;
  }
}

/** Keeps the hashes of names apart from those of values. */
const nameSeed = 0x5bd1e995;

/** A number from 0 to 2^32 - 1 for one destination and one value. */
function draw(destinationHash: number, valueHash: number): number {
  return spread(Math.imul(destinationHash, 0x9e3779b1) ^ spread(valueHash ^ destinationHash));
}

/** Settles a tie by name, so that the order of bindings never matters. */
function isBefore(left: Share<RouteTarget>, right: Share<RouteTarget>): boolean {
  const [one, other] = [left.destination, right.destination];
  return one.name === other.name ? one.kind < other.kind : one.name < other.name;
}

/** The text that is hashed; where the header or property is missing, the same for all such messages. */
function valueToHash(source: HashSource, routingKey: string, headers: HeaderLookup): string {
  switch (source.kind) {
    case 'routing-key':
      return routingKey;
    case 'header':
      return textOf(headers.get(source.name));
    case 'property':
      return headers.property(source.name) ?? '';
  }
}

function textOf(header: FieldValue | undefined): string {
  if (header === undefined || header === null) return '';
  const plain = comparable(header);
  if (typeof plain === 'string') return plain;
  if (typeof plain === 'boolean') return String(plain);
  if (plain instanceof FieldNumber) return String(plain.value);
  return encodeFieldTable(new Map([['', plain]])).toString('latin1');
}
