/**
 * Who goes first among a queue's ready entries: by position, by rank, or by level of priority. Most messages of a
 * queue with levels have the same one, the plain level: they go by position and cost nothing, and only the others
 * stand in a heap. Invariant: every ready entry that is not plain is in the heap.
 */
import { RankHeap } from '../scheduling/index.js';
import type { Backlog } from './backlog.js';
import { EntryState, type Page } from './page.js';
import type { QueueSettings } from './queue-settings.js';

export class ReadyOrder {
  readonly #backlog: Backlog;
  readonly #kind: 'position' | 'rank' | 'level';
  readonly #plainLevel: number;
  #heap: RankHeap | undefined = undefined;

  constructor(backlog: Backlog, settings: Pick<QueueSettings, 'order' | 'levels'>) {
    this.#backlog = backlog;
    this.#plainLevel = settings.levels?.plain ?? 0;
    if (settings.levels !== undefined) this.#kind = 'level';
    else this.#kind = settings.order.kind === 'fifo' ? 'position' : 'rank';
  }

  /** Whether something else than the position decides. */
  get isRanked(): boolean {
    return this.#kind !== 'position';
  }

  /** Whether some live entry of a page, all of them ready or delayed, has to be added. */
  concerns(page: Page): boolean {
    return this.#kind === 'rank' || (this.#kind === 'level' && page.ready < page.live);
  }

  /** The rank of an entry: smaller goes first. */
  rankAt(page: Page, slot: number): number {
    return this.#kind === 'level' ? -page.priority(slot) : (page.rank?.[slot] ?? 0);
  }

  /** The first ready position, or -1. */
  first(): number {
    const backlog = this.#backlog;
    if (backlog.ready === 0) return -1;
    if (this.#heap === undefined) return backlog.firstReady();
    if (this.#kind === 'rank') return this.#heap.peek();
    const rank = this.#heap.peekRank();
    if (rank === undefined) return backlog.firstReady();
    return backlog.readyPlain === 0 || rank < -this.#plainLevel ? this.#heap.peek() : backlog.firstReady();
  }

  /** An entry became ready. */
  add(position: number, page: Page, slot: number): void {
    if (!this.#isInHeap(page, slot)) return;
    this.#heap ??= new RankHeap((at) => this.#backlog.stateAt(at) === EntryState.ready);
    this.#heap.push(this.rankAt(page, slot), position);
  }

  /** A ready entry is about to be taken. One that is not the first must not become ready again. */
  take(position: number, page: Page, slot: number): void {
    if (this.#heap === undefined || !this.#isInHeap(page, slot)) return;
    if (this.#heap.peek() === position) this.#heap.pop();
    else this.#heap.noteDead();
  }

  /** A ready entry is about to go for good. */
  drop(page: Page, slot: number): void {
    if (this.#isInHeap(page, slot)) this.#heap?.noteDead();
  }

  /** Nothing is ready any more. */
  clear(): void {
    this.#heap = undefined;
  }

  #isInHeap(page: Page, slot: number): boolean {
    if (this.#kind === 'position') return false;
    return this.#kind === 'rank' || page.priority(slot) !== this.#plainLevel;
  }
}
