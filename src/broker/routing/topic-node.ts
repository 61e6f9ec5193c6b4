/**
 * A node of the tree of topic patterns: the place that the words on the way to it lead to. Invariant: every
 * node but the root has destinations or children.
 */
import type { DestinationSet } from './destination-set.js';
import { anyWord, anyWords } from './topic-pattern.js';

export class TopicNode<Destination> {
  readonly parent: TopicNode<Destination> | undefined;
  /** The word that leads here from the parent. */
  readonly word: string;
  /** Where a literal word leads. */
  words: Map<string, TopicNode<Destination>> | undefined = undefined;
  /** Where `*` leads. */
  one: TopicNode<Destination> | undefined = undefined;
  /** Where `#` leads. */
  many: TopicNode<Destination> | undefined = undefined;
  destinations: DestinationSet<Destination> | undefined = undefined;
  /** While a key is being routed: whether this `#` has been reached. */
  isOpen = false;

  constructor(parent: TopicNode<Destination> | undefined, word: string) {
    this.parent = parent;
    this.word = word;
  }

  get isEmpty(): boolean {
    const { destinations, words, one, many } = this;
    return destinations === undefined && words === undefined && one === undefined && many === undefined;
  }

  child(word: string): TopicNode<Destination> | undefined {
    if (word === anyWord) return this.one;
    if (word === anyWords) return this.many;
    return this.words?.get(word);
  }

  /** The child that a word of a pattern leads to, made if need be. */
  grow(word: string): TopicNode<Destination> {
    const known = this.child(word);
    if (known !== undefined) return known;
    const child = new TopicNode<Destination>(this, word);
    if (word === anyWord) this.one = child;
    else if (word === anyWords) this.many = child;
    else (this.words ??= new Map()).set(word, child);
    return child;
  }

  /** Takes out a child. */
  prune(child: TopicNode<Destination>): void {
    if (child === this.one) this.one = undefined;
    else if (child === this.many) this.many = undefined;
    else this.words?.delete(child.word);
    if (this.words?.size === 0) this.words = undefined;
  }
}
