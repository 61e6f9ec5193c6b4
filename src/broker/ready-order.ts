/**
 * Who goes first among a queue's ready entries: by position, by rank, by level of priority, or the tenant whose turn it
 * is. Most messages of a queue with levels have the same one, the plain level: they go by position and cost nothing,
 * and only the others stand in a heap. Invariant: every ready entry that is not plain is in the heap, or in the line of
 * its tenant.
 */
import { RankHeap, TenantLines, tenantRulesOf, type HashSecret } from '../scheduling/index.js';
import type { Backlog } from './backlog.js';
import { EntryState, pageEntries, type Page } from './page.js';
import type { QueueSettings } from './queue-settings.js';

export class ReadyOrder {
  readonly #backlog: Backlog;
  readonly #kind: 'position' | 'rank' | 'level' | 'tenant';
  readonly #hasLevels: boolean;
  readonly #plainLevel: number;
  #heap: RankHeap | undefined = undefined;
  /** Set where tenants share the queue. */
  readonly lines: TenantLines | undefined;

  constructor(
    backlog: Backlog,
    settings: Pick<QueueSettings, 'order' | 'levels' | 'tenants'>,
    secret: HashSecret,
  ) {
    this.#backlog = backlog;
    this.#plainLevel = settings.levels?.plain ?? 0;
    this.#hasLevels = settings.levels !== undefined;
    this.lines =
      settings.tenants === undefined
        ? undefined
        : new TenantLines(tenantRulesOf(settings.tenants, secret), this.#isReady);
    if (this.lines !== undefined) backlog.onHeld = this.#onHeld;
    if (this.lines !== undefined) this.#kind = 'tenant';
    else if (this.#hasLevels) this.#kind = 'level';
    else this.#kind = settings.order.kind === 'fifo' ? 'position' : 'rank';
  }

  readonly #isReady = (position: number): boolean => this.#backlog.stateAt(position) === EntryState.ready;

  /** A message is with a consumer now, or no longer. */
  readonly #onHeld = (page: Page, slot: number, by: 1 | -1): void => {
    if (by === 1) this.lines!.hold(page.tenantLow(slot), page.tenantHigh(slot));
    else this.lines!.release(page.tenantLow(slot), page.tenantHigh(slot));
  };

  /** Whether something else than the position decides. */
  get isRanked(): boolean {
    return this.#kind !== 'position';
  }

  /** Whether some live entry of a page, all of them ready or delayed, has to be added. */
  concerns(page: Page): boolean {
    if (this.#kind === 'rank' || this.#kind === 'tenant') return true;
    return this.#kind === 'level' && page.ready < page.live;
  }

  /** The rank of an entry: smaller goes first, among those of its tenant where tenants share the queue. */
  rankAt(page: Page, slot: number): number {
    return this.#hasLevels ? -page.priority(slot) : (page.rank?.[slot] ?? 0);
  }

  /** The rank of the first ready entry, where ranks alone decide; undefined: they do not, or there is none. */
  get leastRank(): number | undefined {
    return this.#kind === 'rank' ? this.#heap?.peekRank() : undefined;
  }

  /** The first ready position, or -1: none, or a limit holds back every tenant that has one. */
  first(): number {
    const backlog = this.#backlog;
    if (backlog.ready === 0) return -1;
    if (this.lines !== undefined) return this.lines.first();
    if (this.#heap === undefined) return backlog.firstReady();
    if (this.#kind === 'rank') return this.#heap.peek();
    const rank = this.#heap.peekRank();
    if (rank === undefined) return backlog.firstReady();
    return backlog.readyPlain === 0 || rank < -this.#plainLevel ? this.#heap.peek() : backlog.firstReady();
  }

  /** An entry became ready. */
  add(position: number, page: Page, slot: number): void {
    if (this.lines !== undefined) {
      this.lines.add(page.tenantLow(slot), page.tenantHigh(slot), this.rankAt(page, slot), position);
      return;
    }
    if (!this.#isInHeap(page, slot)) return;
    this.#heap ??= new RankHeap(this.#isReady);
    this.#heap.push(this.rankAt(page, slot), position);
  }

  /** A ready entry is about to be taken. One that is not the first must not become ready again. */
  take(position: number, page: Page, slot: number): void {
    if (this.lines !== undefined) {
      this.lines.take(page.tenantLow(slot), page.tenantHigh(slot), position);
      return;
    }
    if (this.#heap === undefined || !this.#isInHeap(page, slot)) return;
    if (this.#heap.peek() === position) this.#heap.pop();
    else this.#heap.noteDead();
  }

  /** A ready entry is about to go for good. */
  drop(position: number, page: Page, slot: number): void {
    if (this.lines !== undefined) this.take(position, page, slot);
    else if (this.#isInHeap(page, slot)) this.#heap?.noteDead();
  }

  /** Nothing is ready any more, and pages were taken out: what is left of tenants is counted anew. */
  clear(): void {
    this.#heap = undefined;
    if (this.lines !== undefined) this.#recount(this.lines);
  }

  #recount(lines: TenantLines): void {
    lines.reset();
    for (const { page } of this.#backlog.livePages()) {
      for (let slot = 0; slot < pageEntries; slot++) {
        if (page.state(slot) === EntryState.gone) continue;
        lines.enter(page.tenantLow(slot), page.tenantHigh(slot));
        if (page.state(slot) === EntryState.unacknowledged) this.#onHeld(page, slot, 1);
      }
    }
    lines.settle();
  }

  #isInHeap(page: Page, slot: number): boolean {
    if (this.#kind === 'position') return false;
    return this.#kind === 'rank' || page.priority(slot) !== this.#plainLevel;
  }
}
