/**
 * Finds message positions by a 32-bit hash of what names them. Equal hashes of different names are all found: the
 * caller compares. About 12 bytes a position; no call rebuilds anything.
 */
import { HashBuckets, type ChainedRecords } from './hash-buckets.js';
import { PositionLinks } from './position-links.js';

/** The end of a chain: a position's first link is never 0, so that it counts as in use. */
const chainEnd = 0x8000_0000;

export class PositionIndex {
  #entries = new IndexedPositions();
  #buckets = new HashBuckets(this.#entries);

  /** Positions held. */
  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of typed arrays. */
  get byteLength(): number {
    return this.#entries.links.byteLength + this.#buckets.byteLength;
  }

  /** Adds a position, held once; `hash` is unsigned, 32 bits. */
  add(hash: number, position: number): void {
    this.#entries.size++;
    this.#buckets.insert(this.#entries.links.add(position, chainEnd, hash));
  }

  /** Takes a position out; false when it is not held. */
  remove(position: number): boolean {
    const identity = this.#entries.links.find(position);
    if (identity === 0) return false;
    this.#buckets.unlink(identity);
    this.#entries.links.remove(identity);
    this.#entries.size--;
    this.#buckets.shrink();
    return true;
  }

  /** The positions with a hash, smallest first. */
  find(hash: number): number[] {
    const entries = this.#entries;
    const found: number[] = [];
    for (let at = this.#buckets.first(hash); at !== 0; at = entries.chain(at))
      if (entries.low(at) === hash) found.push(entries.links.positionOf(at));
    return found.sort((a, b) => a - b);
  }
}

/** Positions with their hashes; each is known by its identity. */
class IndexedPositions implements ChainedRecords {
  /** For each position the identity of the next in its chain, and its hash. */
  readonly links = new PositionLinks();
  size = 0;

  low(identity: number): number {
    return this.links.previous(identity);
  }

  chain(identity: number): number {
    const next = this.links.next(identity);
    return next === chainEnd ? 0 : next;
  }

  setChain(identity: number, next: number): void {
    this.links.setNext(identity, next === 0 ? chainEnd : next);
  }
}
