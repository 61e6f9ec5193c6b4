/**
 * Waits for what becomes of tasks. Invariant: a waiter is told once; nobody is told before the outcome is durable.
 * All tasks of this opening share one watch; each task of another has its own, for as long as somebody waits.
 */
import type { Engine, RecordChange } from '../engines/index.js';
import { SluiceError } from '../kernel/index.js';
import { decodeOutcome, outcomeKey, outcomePrefix, type Outcome } from './outcome.js';
import { originOf } from './task-id.js';

interface Waiter {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Watch {
  readonly abort: AbortController;
  /** Settles when changes are told from now on. */
  readonly isOpen: Promise<void>;
  waiters: number;
}

export class Outcomes {
  readonly #engine: Engine;
  readonly #origin: string;
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #watches = new Map<string, Watch>();
  #isClosed = false;

  constructor(engine: Engine, origin: string) {
    this.#engine = engine;
    this.#origin = origin;
  }

  /** What became of a task, undefined while nothing did or when it is no longer kept. */
  async find(taskId: string): Promise<Outcome | undefined> {
    const entry = await this.#engine.records.get(outcomeKey(taskId));
    return entry === undefined ? undefined : decodeOutcome(entry.value);
  }

  /** Resolves when something became of the task. Rejects with the signal's reason, `closed`, `unsupported`. */
  async wait(taskId: string, signal: AbortSignal | undefined): Promise<Outcome> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw closed();
    const prefix = outcomeKey(originOf(taskId) === this.#origin ? this.#origin : taskId);
    const watch = this.#watching(prefix);
    let waiter: Waiter | undefined;
    const told = new Promise<Outcome>((resolve, reject) => {
      waiter = { resolve, reject };
      this.#add(taskId, waiter);
    });
    const giveUp = (): void => {
      waiter?.reject(signal?.reason);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      // What ended before the watch was open has left its record.
      void watch.isOpen
        .then(() => this.find(taskId))
        .then((outcome) => {
          if (outcome !== undefined) waiter?.resolve(outcome);
        }, waiter?.reject);
      return await told;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.#remove(taskId, waiter!);
      this.#leave(prefix, watch);
    }
  }

  /** Rejects whoever waits. */
  close(): void {
    this.#isClosed = true;
    for (const { abort } of this.#watches.values()) abort.abort();
    this.#watches.clear();
    this.#failAll(closed());
  }

  #add(taskId: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(taskId);
    if (waiters === undefined) this.#waiters.set(taskId, new Set([waiter]));
    else waiters.add(waiter);
  }

  #remove(taskId: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(taskId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(taskId);
  }

  #watching(prefix: string): Watch {
    let watch = this.#watches.get(prefix);
    if (watch === undefined) {
      const abort = new AbortController();
      const isOpen = this.#engine.records.watch(prefix, this.#told, abort.signal);
      watch = { abort, isOpen, waiters: 0 };
      this.#watches.set(prefix, watch);
    }
    watch.waiters++;
    return watch;
  }

  /** The watch over this opening's own tasks stays: the next one is not far. */
  #leave(prefix: string, watch: Watch): void {
    watch.waiters--;
    if (watch.waiters > 0 || prefix === outcomeKey(this.#origin)) return;
    watch.abort.abort();
    if (this.#watches.get(prefix) === watch) this.#watches.delete(prefix);
  }

  readonly #told = ({ key, entry }: RecordChange): void => {
    if (entry === undefined) return;
    const waiters = this.#waiters.get(key.slice(outcomePrefix.length));
    if (waiters === undefined) return;
    const outcome = decodeOutcome(entry.value);
    for (const { resolve } of waiters) resolve(outcome);
  };

  #failAll(error: unknown): void {
    for (const waiters of this.#waiters.values()) for (const { reject } of waiters) reject(error);
    this.#waiters.clear();
  }
}

function closed(): SluiceError {
  return new SluiceError('closed', 'the engine was closed before the task was done');
}
