/**
 * Reserves a share of time for one tenant: the constant bandwidth server (Abeni and Buttazzo 1998, as in Linux's
 * SCHED_DEADLINE). What the tenant does runs under the server's deadline, and one who does more than its budget only
 * moves its own deadline. Invariant: over any interval what is used under deadlines in it is at most `Q / P` of it.
 */
import { assert } from '../kernel/index.js';
import { RankHeap } from './rank-heap.js';

/** `budgetMs` of work in each `periodMs`. */
export interface Bandwidth {
  readonly budgetMs: number;
  readonly periodMs: number;
}

export class ConstantBandwidthServer {
  readonly bandwidth: Bandwidth;
  /** What may still be used before the deadline moves; above zero. */
  remainingMs = 0;
  /** Unix ms. */
  deadlineMs = -Infinity;

  constructor(bandwidth: Bandwidth) {
    assert(
      bandwidth.budgetMs > 0 && bandwidth.periodMs >= bandwidth.budgetMs,
      'a budget is part of its period',
    );
    this.bandwidth = bandwidth;
  }

  /** Work arrives after there was none: what is left is kept only if using it all keeps the bandwidth. */
  wake(nowMs: number): void {
    const { budgetMs, periodMs } = this.bandwidth;
    if (this.remainingMs < ((this.deadlineMs - nowMs) * budgetMs) / periodMs) return;
    this.remainingMs = budgetMs;
    this.deadlineMs = nowMs + periodMs;
  }

  /** Time was used: each time the budget is spent, it is filled and the deadline moves on by a period. */
  charge(usedMs: number): void {
    assert(usedMs > 0 && usedMs < Infinity, 'time used is above zero and finite');
    const { budgetMs, periodMs } = this.bandwidth;
    this.remainingMs -= usedMs;
    if (this.remainingMs > 0) return;
    const periods = Math.floor(-this.remainingMs / budgetMs) + 1;
    this.remainingMs += periods * budgetMs;
    this.deadlineMs += periods * periodMs;
  }
}

/** Something that waits under a server. */
export interface Served {
  readonly server: ConstantBandwidthServer | undefined;
  isWaiting: boolean;
  /** Names its place among those that wait; a new one with each deadline. */
  number: number;
}

/** Those that wait under servers: the earliest server deadline first, then the one that waits longest for it. */
export class ServerOrder<T extends Served> {
  readonly #waiting = new Map<number, T>();
  readonly #heap = new RankHeap((number) => this.#waiting.has(number));
  #nextNumber = 0;

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Adds one that has begun to wait at `nowMs`. False when it waited already. */
  add(served: T, nowMs: number): boolean {
    if (served.isWaiting) return false;
    served.isWaiting = true;
    served.server!.wake(nowMs);
    this.#enlist(served);
    return true;
  }

  /** False when it did not wait. */
  remove(served: T): boolean {
    if (!served.isWaiting) return false;
    served.isWaiting = false;
    this.#unlist(served);
    return true;
  }

  choose(): T | undefined {
    return this.#waiting.get(this.#heap.peek());
  }

  /** Charges one for time that it uses, whether it waits for more or not. */
  charge(served: T, usedMs: number): void {
    const server = served.server!;
    const before = server.deadlineMs;
    server.charge(usedMs);
    if (!served.isWaiting || server.deadlineMs === before) return;
    this.#unlist(served);
    this.#enlist(served);
  }

  #enlist(served: T): void {
    served.number = this.#nextNumber++;
    this.#waiting.set(served.number, served);
    this.#heap.push(served.server!.deadlineMs, served.number);
  }

  #unlist(served: T): void {
    this.#waiting.delete(served.number);
    this.#heap.noteDead();
    served.number = -1;
  }
}
