/**
 * Wakes queues when something is due: a delay that ends, a head that expires, a queue that nobody uses. One timer of
 * the clock serves them all. Invariant: a queue's `wakeAtMs` is never later than what is due first in it.
 */
import type { CancelTimer, Clock } from '../kernel/index.js';
import { RankHeap } from '../scheduling/index.js';
import type { Queue } from './queue.js';

/** Queues that one turn of the event loop looks after. */
const queuesPerRun = 16;

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
    if (atMs >= queue.wakeAtMs || this.#isStopped || queue.isDeleted) return;
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

  /** Wakes queues that are due. */
  run(): void {
    const nowMs = this.#clock.now();
    // What is due again after its slice of work waits for the next timer, so that sockets get their turn.
    for (const queue of this.#takeDue(nowMs)) {
      if (queue.isDeleted || this.#isStopped) continue;
      this.#maintain(queue, nowMs);
      this.schedule(queue);
    }
    this.#arm();
  }

  #takeDue(nowMs: number): Queue[] {
    const due: Queue[] = [];
    while ((this.#heap.peekRank() ?? Infinity) <= nowMs && due.length < queuesPerRun) {
      const rank = this.#heap.peekRank()!;
      const queue = this.#queueOf(this.#heap.pop());
      // An entry that a sooner one has overtaken means nothing.
      if (queue === undefined || queue.wakeAtMs !== rank) continue;
      queue.wakeAtMs = Infinity;
      due.push(queue);
    }
    return due;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}

/** The moment at which the queue needs attention, in Unix ms; Infinity: none. */
function dueMs(queue: Queue): number {
  let atMs = Math.min(queue.nextDueMs(), queue.pace.endsMs);
  // While the first message is being read for a consumer nothing is due; what follows looks again.
  if (queue.watchesExpiry && !queue.isLoading) {
    const first = queue.first();
    if (first >= 0) atMs = Math.min(atMs, queue.expiryAt(first));
  }
  const { expiresMs } = queue.settings;
  if (expiresMs !== undefined && queue.consumers.count === 0)
    atMs = Math.min(atMs, queue.lastUsedMs + expiresMs);
  return atMs;
}
