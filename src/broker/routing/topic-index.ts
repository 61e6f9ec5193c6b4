/**
 * Bindings matched by patterns of words. Patterns without wildcards are looked up whole; the others stand in
 * a tree of words through which all matching ways are followed at once, word by word.
 *
 * Cost: a node is reached at most once a word, and a `#`, once reached, stays reached, so a key of n words
 * costs at most n steps for each node of the tree, whatever the patterns: nothing multiplies.
 */
import { assert } from '../../kernel/index.js';
import type { BindingIndex, HeaderLookup, RouteCollector } from './binding-index.js';
import { DestinationSet } from './destination-set.js';
import { DirectIndex } from './direct-index.js';
import { TopicNode } from './topic-node.js';
import { hasWildcards, patternWords, splitKey } from './topic-pattern.js';

export class TopicIndex<Destination> implements BindingIndex<Destination> {
  readonly #exact = new DirectIndex<Destination>();
  readonly #root = new TopicNode<Destination>(undefined, '');
  #patterns = 0;
  /** The words of the key being routed; reused. */
  readonly #words: string[] = [];
  /** Nodes reached by exactly the words so far, and by one word more. */
  #reached: TopicNode<Destination>[] = [];
  #next: TopicNode<Destination>[] = [];
  /** Each `#` reached so far: it may swallow any further words. */
  readonly #open: TopicNode<Destination>[] = [];

  get size(): number {
    return this.#exact.size + this.#patterns;
  }

  countPlaces(): number {
    return this.#exact.countPlaces() + countBelow(this.#root);
  }

  add(pattern: string, destination: Destination): void {
    if (!hasWildcards(pattern)) {
      this.#exact.add(pattern, destination);
      return;
    }
    let node = this.#root;
    for (const word of patternWords(pattern)) node = node.grow(word);
    node.destinations ??= new DestinationSet();
    node.destinations.add(destination);
    this.#patterns++;
  }

  remove(pattern: string, destination: Destination): void {
    if (!hasWildcards(pattern)) {
      this.#exact.remove(pattern, destination);
      return;
    }
    const node = this.#find(pattern);
    assert(node?.destinations !== undefined, 'only a bound pattern is removed');
    node.destinations.remove(destination);
    if (node.destinations.isEmpty) node.destinations = undefined;
    this.#patterns--;
    prune(node);
  }

  route(routingKey: string, headers: HeaderLookup, into: RouteCollector<Destination>): void {
    this.#exact.route(routingKey, headers, into);
    if (this.#patterns === 0) return;
    this.#reached.push(this.#root);
    this.#openMany(this.#root, into);
    const count = splitKey(routingKey, this.#words);
    for (let at = 0; at < count; at++) {
      if (!this.#step(this.#words[at]!, into)) break;
    }
    this.#finish(into);
  }

  #find(pattern: string): TopicNode<Destination> | undefined {
    let node: TopicNode<Destination> | undefined = this.#root;
    for (const word of patternWords(pattern)) node = node?.child(word);
    return node;
  }

  /** Follows one word from everywhere. False when nothing is left to follow. */
  #step(word: string, into: RouteCollector<Destination>): boolean {
    const [reached, open] = [this.#reached, this.#open];
    // A `#` that this word opens takes part from the next word on.
    const openBefore = open.length;
    for (let at = 0; at < reached.length; at++) this.#follow(reached[at]!, word, into);
    for (let at = 0; at < openBefore; at++) this.#follow(open[at]!, word, into);
    reached.length = 0;
    this.#reached = this.#next;
    this.#next = reached;
    return this.#reached.length > 0 || open.length > 0;
  }

  #follow(node: TopicNode<Destination>, word: string, into: RouteCollector<Destination>): void {
    const literal = node.words?.get(word);
    if (literal !== undefined) this.#reach(literal, into);
    if (node.one !== undefined) this.#reach(node.one, into);
  }

  #reach(node: TopicNode<Destination>, into: RouteCollector<Destination>): void {
    this.#next.push(node);
    this.#openMany(node, into);
  }

  /** A `#` below a node just reached matches whatever is left: its destinations are found at once. */
  #openMany(node: TopicNode<Destination>, into: RouteCollector<Destination>): void {
    const many = node.many;
    if (many === undefined || many.isOpen) return;
    many.isOpen = true;
    this.#open.push(many);
    many.destinations?.collect(into);
  }

  /** Collects where the key ended, and forgets the way. */
  #finish(into: RouteCollector<Destination>): void {
    for (let at = 0; at < this.#reached.length; at++) this.#reached[at]!.destinations?.collect(into);
    this.#reached.length = 0;
    for (let at = 0; at < this.#open.length; at++) this.#open[at]!.isOpen = false;
    this.#open.length = 0;
  }
}

/** Takes out a node that leads nowhere, and the nodes that led only to it. */
function prune<Destination>(node: TopicNode<Destination>): void {
  let empty = node;
  while (empty.isEmpty && empty.parent !== undefined) {
    empty.parent.prune(empty);
    empty = empty.parent;
  }
}

/** The nodes below one. */
function countBelow<Destination>(node: TopicNode<Destination>): number {
  let count = 0;
  for (const child of [...(node.words?.values() ?? []), node.one, node.many]) {
    if (child !== undefined) count += 1 + countBelow(child);
  }
  return count;
}
