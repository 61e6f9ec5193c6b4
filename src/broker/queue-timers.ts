/**
 * Wakes queues when something is due: a delay that ends, a head that expires, a queue that nobody uses. One timer of
 * the clock serves them all. Invariant: a queue's `wakeAtMs` is never later than what is due first in it.
 */
import type { CancelTimer, Clock } from '../kernel/index.js';
import { RankHeap } from '../scheduling/index.js';
import type { Queue } from './queue.js';

export class QueueTimers {
  readonly #clock: Clock;
  readonly #queueOf: (id: number) => Queue | undefined;
  readonly #maintain: (queue: Queue, nowMs: number) => void;
  readonly #heap = new RankHeap();
  #cancel: CancelTimer | undefined = undefined;
  #armedMs = Infinity;
  #isStopped = false;

  constructor(
    clock: Clock,
    queueOf: (id: number) => Queue | undefined,
    maintain: (queue: Queue, nowMs: number) => void,
  ) {
    this.#clock = clock;
    this.#queueOf = queueOf;
    this.#maintain = maintain;
  }

  /** Looks at what is due next in a queue and sees to it that it is woken then. */
  schedule(queue: Queue): void {
    const atMs = dueMs(queue);
    if (atMs >= queue.wakeAtMs || this.#isStopped) return;
    queue.wakeAtMs = atMs;
    this.#heap.push(atMs, queue.id);
    this.#arm();
  }

  #arm(): void {
    const nextMs = this.#heap.peekRank() ?? Infinity;
    if (nextMs >= this.#armedMs) return;
    this.#cancel?.();
    this.#armedMs = nextMs;
    // A timer may fire a little early; the last fraction of a millisecond is waited for.
    this.#cancel = this.#clock.after(Math.ceil(nextMs - this.#clock.now()), () => {
      this.#armedMs = Infinity;
      this.run();
    });
  }

  /** Wakes every queue that is due. */
  run(): void {
    const nowMs = this.#clock.now();
    while ((this.#heap.peekRank() ?? Infinity) <= nowMs && !this.#isStopped) {
      const rank = this.#heap.peekRank()!;
      const queue = this.#queueOf(this.#heap.pop());
      // An entry that a sooner one has overtaken means nothing.
      if (queue === undefined || queue.isDeleted || queue.wakeAtMs !== rank) continue;
      queue.wakeAtMs = Infinity;
      this.#maintain(queue, nowMs);
      if (!queue.isDeleted) this.schedule(queue);
    }
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}

/** The moment at which the queue needs attention, in Unix ms; Infinity: none. */
function dueMs(queue: Queue): number {
  let atMs = queue.nextDueMs();
  if (queue.watchesExpiry) {
    const first = queue.first();
    if (first >= 0) atMs = Math.min(atMs, queue.expiryAt(first));
  }
  const { expiresMs } = queue.settings;
  if (expiresMs !== undefined && queue.consumers.count === 0)
    atMs = Math.min(atMs, queue.lastUsedMs + expiresMs);
  return atMs;
}
