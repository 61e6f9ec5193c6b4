/**
 * A worker's side of the roster: it says how many handlers it runs and may run, and does what others wish within that.
 * Invariant: it is a convenience; where it cannot be had, the worker works on without it.
 */
import { hostname } from 'node:os';
import type { RecordChange } from '../../engines/index.js';
import { Rounds } from '../../kernel/index.js';
import type { TaskDesk } from '../task-desk.js';
import type { TaskPlan } from '../task-options.js';
import { concurrencyIn, concurrencyKey, workerKey, type ListedWorker } from './worker-record.js';

/** What it says is forgotten so long after it was said last, and said again in a third of that. */
const keptMs = 60_000;

export interface WorkerPostOptions {
  readonly plans: readonly TaskPlan[];
  readonly max: number;
  /** Handlers that it lets run now. */
  readonly concurrency: () => number;
  readonly wished: (concurrency: number) => Promise<void>;
}

export class WorkerPost {
  readonly #desk: TaskDesk;
  readonly #options: WorkerPostOptions;
  readonly #id: string;
  readonly #start: number;
  readonly #sinceMs: number;
  readonly #rounds: Rounds;
  readonly #closed = new AbortController();

  constructor(desk: TaskDesk, options: WorkerPostOptions) {
    this.#desk = desk;
    this.#options = options;
    this.#id = desk.random.bytes(9).toString('base64url');
    this.#start = options.concurrency();
    this.#sinceMs = Math.floor(desk.clock.now());
    this.#rounds = new Rounds({
      clock: desk.clock,
      delayMs: () => keptMs / 3,
      round: () => this.tell(),
      onProblem: () => undefined,
    });
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { records, capabilities } = this.#desk.engine;
    if (capabilities.records.kind === 'none') return;
    try {
      await records.watch(concurrencyKey(this.#id), (change) => void this.#take(change), this.#closed.signal);
    } catch {
      return;
    }
    await this.tell();
    this.#rounds.start();
  }

  /** Says how many run now. Never rejects. */
  async tell(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const puts = this.#workers.map((worker) => {
      const value = Buffer.from(JSON.stringify(worker));
      return this.#desk.engine.records.put(workerKey(worker), value, { ttlMs: keptMs });
    });
    await Promise.allSettled(puts);
  }

  /** It is gone. Never rejects. */
  async stop(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    const wasTelling = this.#rounds.isRunning;
    await this.#rounds.stop();
    if (!wasTelling) return;
    const { records } = this.#desk.engine;
    const keys = [...this.#workers.map(workerKey), concurrencyKey(this.#id)];
    await Promise.allSettled(keys.map((key) => records.delete(key)));
  }

  get #workers(): ListedWorker[] {
    const { plans, max, concurrency } = this.#options;
    return [...new Set(plans.map(({ queue }) => queue))].map((queue) => ({
      ...{ id: this.#id, queue, concurrency: concurrency(), start: this.#start, max },
      tasks: plans.filter((plan) => plan.queue === queue).map(({ name }) => name),
      ...{ host: hostname(), pid: process.pid, sinceMs: this.#sinceMs },
    }));
  }

  /** A wish that was taken back, or has lapsed: as many as it began with. */
  async #take({ key, entry }: RecordChange): Promise<void> {
    if (key !== concurrencyKey(this.#id) || this.#closed.signal.aborted) return;
    const wished = entry === undefined ? this.#start : concurrencyIn(entry.value);
    if (wished !== undefined && wished <= this.#options.max) await this.#options.wished(wished);
  }
}
