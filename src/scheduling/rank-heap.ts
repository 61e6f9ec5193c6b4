/**
 * The waiting messages of one ordered queue: the smallest rank first, equal ranks by position. Entries of
 * messages that died meanwhile (expired, cancelled, purged) are recognised by `isAlive` and dropped when met;
 * when they outnumber the living, every call clears a few, so that no call takes long and memory follows the
 * living.
 */
import { HeapPages } from './heap-pages.js';

/** Dead entries below this count are left for `pop` to meet. */
const deadIgnored = 1_024;
/** Entries that one call moves while dead ones are being cleared. */
const movesPerCall = 8;

export class RankHeap {
  readonly #isAlive: (position: number) => boolean;
  #heap = new HeapPages();
  /** What is left to move while dead entries are being cleared; else undefined. */
  #draining: HeapPages | undefined;
  #dead = 0;
  readonly #moved = { rank: 0, position: 0 };

  /**
   * `isAlive` tells whether the message at a position still waits. A position whose entry died must not be
   * pushed again before the entry has been dropped, or it would stand in the heap twice.
   */
  constructor(isAlive: (position: number) => boolean = () => true) {
    this.#isAlive = isAlive;
  }

  /** Entries held, dead ones included. */
  get size(): number {
    return this.#heap.size + (this.#draining?.size ?? 0);
  }

  /** Bytes of typed arrays: 16 an entry, and part of a page. */
  get byteLength(): number {
    return this.#heap.byteLength + (this.#draining?.byteLength ?? 0);
  }

  push(rank: number, position: number): void {
    this.#heap.push(rank, position);
    if (this.#draining !== undefined) this.compact(movesPerCall);
  }

  /** The position of the first living message, -1 when there is none. */
  peek(): number {
    return this.#settleTop()?.topPosition ?? -1;
  }

  /** The rank of the first living message; `undefined` when there is none. */
  peekRank(): number | undefined {
    return this.#settleTop()?.topRank;
  }

  /** Removes the first living message and returns its position, or -1 when there is none. */
  pop(): number {
    const heap = this.#settleTop();
    if (heap === undefined) return -1;
    const position = heap.topPosition;
    heap.pop();
    if (this.#draining !== undefined) this.compact(movesPerCall);
    return position;
  }

  /** Says that a message in the heap died, so that the heap knows when clearing is worth while. */
  noteDead(): void {
    this.#dead++;
    if (this.#draining === undefined && this.#dead > deadIgnored && this.#dead * 2 > this.#heap.size) {
      this.#draining = this.#heap;
      this.#heap = new HeapPages();
      this.#dead = 0;
    }
    if (this.#draining !== undefined) this.compact(movesPerCall);
  }

  /**
   * Continues to clear dead entries, looking at no more than `movesMax`. True when nothing is left to clear.
   * Calls of the other methods do this by themselves; an idle moment may do more.
   */
  compact(movesMax: number): boolean {
    const draining = this.#draining;
    if (draining === undefined) return true;
    for (let moves = Math.min(movesMax, draining.size); moves > 0; moves--) {
      draining.takeLast(this.#moved);
      if (this.#isAlive(this.#moved.position)) this.#heap.push(this.#moved.rank, this.#moved.position);
    }
    if (draining.size > 0) return false;
    this.#draining = undefined;
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.#heap = new HeapPages();
    this.#draining = undefined;
    this.#dead = 0;
  }

  /** Drops dead entries from the top and returns the heap that holds the first living one. */
  #settleTop(): HeapPages | undefined {
    for (;;) {
      const heap = this.#firstHeap();
      if (heap.size === 0) return undefined;
      if (this.#isAlive(heap.topPosition)) return heap;
      heap.pop();
      if (this.#dead > 0) this.#dead--;
    }
  }

  /** The heap whose top goes first. */
  #firstHeap(): HeapPages {
    const [heap, draining] = [this.#heap, this.#draining];
    if (draining === undefined || draining.size === 0) return heap;
    if (heap.size === 0 || draining.topRank < heap.topRank) return draining;
    if (draining.topRank > heap.topRank) return heap;
    return draining.topPosition < heap.topPosition ? draining : heap;
  }
}
