/**
 * The messages of a queue that go first, for views: walks the pages in slices, so that looking at a long queue stops
 * nobody, and keeps only as many as asked for. What changes while it walks may be seen or not.
 */
import type { Clock } from '../kernel/index.js';
import { pageEntries, type EntryState } from './page.js';
import type { Queue } from './queue.js';

/** Work between two pauses, milliseconds, and entries between two looks at the clock. */
const sliceMs = 2;
const entriesPerLook = 1_024;

export interface FrontRequest {
  readonly queue: Queue;
  readonly state: EntryState;
  readonly count: number;
  /** Smaller goes first, then the smaller position; undefined: positions alone. */
  readonly rankAt: ((position: number) => number) | undefined;
}

/** Up to `count` positions of entries in a state, first ones first. */
export async function frontPositions(
  request: FrontRequest,
  clock: Clock,
  pause: () => Promise<void>,
): Promise<number[]> {
  const { backlog } = request.queue;
  const front = new Front(request.count, request.rankAt);
  let untilMs = clock.monotonic() + sliceMs;
  let seen = 0;
  for (let at = backlog.nextLive(0); at >= 0 && !front.isComplete; at = backlog.nextLive(at + 1)) {
    if (backlog.stateAt(at) === request.state) front.offer(at);
    if (++seen % entriesPerLook !== 0 || clock.monotonic() < untilMs) continue;
    await pause();
    untilMs = clock.monotonic() + sliceMs;
  }
  return front.positions;
}

/** When a delayed message is due, Unix ms: the rank in lists of them. */
export function dueAt(queue: Queue, position: number): number {
  return queue.backlog.pageOf(position)?.due?.[position % pageEntries] ?? 0;
}

/** The best so far, in order. */
class Front {
  readonly positions: number[] = [];
  readonly #ranks: number[] = [];
  readonly #count: number;
  readonly #rankAt: ((position: number) => number) | undefined;

  constructor(count: number, rankAt: ((position: number) => number) | undefined) {
    this.#count = count;
    this.#rankAt = rankAt;
  }

  /** True when nothing that comes later can be among the first. */
  get isComplete(): boolean {
    return this.positions.length >= this.#count && (this.#rankAt === undefined || this.#count <= 0);
  }

  /** Positions come in order, so an equal rank goes behind those before it. */
  offer(position: number): void {
    const rank = this.#rankAt?.(position) ?? 0;
    const ranks = this.#ranks;
    if (ranks.length >= this.#count && rank >= ranks[ranks.length - 1]!) return;
    let low = 0;
    let high = ranks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranks[middle]! <= rank) low = middle + 1;
      else high = middle;
    }
    ranks.splice(low, 0, rank);
    this.positions.splice(low, 0, position);
    if (ranks.length <= this.#count) return;
    ranks.pop();
    this.positions.pop();
  }
}
