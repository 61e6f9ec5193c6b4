/**
 * Takes expired records away, a slice a turn of the event loop. They read as absent before. One timer of the clock
 * serves all virtual hosts. Invariant: while some record expires, the timer is set or a slice is on its way.
 */
import type { CancelTimer, Clock } from '../../kernel/index.js';
import { tickMs } from './expiry-wheel.js';
import { RemovalReason } from './record-codec.js';
import { removalMax, type RecordKeeper } from './record-keeper.js';
import type { RecordStore } from './record-store.js';

/** Removals of one turn. */
const batchesPerTurn = 4;
/** Records that come nearer in one turn. */
const movesPerTurn = 16_384;

export interface SweeperParts {
  readonly keeper: RecordKeeper;
  readonly clock: Clock;
  readonly later: (run: () => void) => void;
}

export class RecordSweeper {
  readonly #parts: SweeperParts;
  readonly #stores = new Set<RecordStore>();
  #cancel: CancelTimer | undefined = undefined;
  #armedMs = Infinity;
  #isStopped = false;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
  }

  /** A record of a virtual host expires at this moment, Unix milliseconds. */
  watch(store: RecordStore, expiryMs: number): void {
    this.#stores.add(store);
    if (expiryMs + tickMs < this.#armedMs) this.#arm(store.wheel!.nextMs);
  }

  /** The virtual host is gone. */
  forget(store: RecordStore): void {
    this.#stores.delete(store);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  #arm(atMs: number): void {
    if (atMs >= this.#armedMs || this.#isStopped) return;
    this.#cancel?.();
    this.#armedMs = atMs;
    this.#cancel = this.#parts.clock.after(Math.max(1, Math.ceil(atMs - this.#parts.clock.now())), () => {
      this.#run();
    });
  }

  #run(): void {
    if (this.#isStopped) return;
    const nowMs = this.#parts.clock.now();
    let isDone = true;
    let nextMs = Infinity;
    for (const store of this.#stores) {
      if (!this.#sweep(store, nowMs)) isDone = false;
      if (store.wheel!.size === 0) this.#stores.delete(store);
      nextMs = Math.min(nextMs, store.wheel!.nextMs);
    }
    if (!isDone) {
      this.#parts.later(() => {
        this.#run();
      });
      return;
    }
    this.#armedMs = Infinity;
    this.#arm(nextMs);
  }

  /** A slice of one virtual host's work; true when nothing is left for now. */
  #sweep(store: RecordStore, nowMs: number): boolean {
    const wheel = store.wheel!;
    for (let batch = 0; batch < batchesPerTurn; batch++) {
      const due: number[] = [];
      wheel.takeDue(nowMs, movesPerTurn, removalMax, due);
      if (due.length === 0) return !wheel.isBehind;
      store.counters.expired += due.length;
      this.#parts.keeper.remove(store, due, RemovalReason.expired);
    }
    return false;
  }
}
