/**
 * Measures everything once a second and gives it to history, in slices of 2 ms. Invariant: one measurement runs at a
 * time; one that takes longer than a second leaves out the seconds that it took, which stay unknown. A source that
 * fails leaves its own objects unknown and no others.
 */
import { messageOf, type CancelTimer, type Clock } from '../kernel/index.js';
import type { History } from './history/index.js';
import { Pacer } from './history/index.js';
import type { SampleSource } from './sample.js';

export interface SamplerOptions {
  readonly clock: Clock;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
  readonly history: History;
  readonly sources: readonly SampleSource[];
  /** Told when a source failed, or history did. */
  readonly onProblem?: (problem: string) => void;
}

export class Sampler {
  readonly #options: SamplerOptions;
  #cancelTimer: CancelTimer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** Begins at the next full second. Safe to call twice. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#arm();
  }

  /** Ends after the measurement under way. Safe before `start` and twice; history stays open. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    await this.#running;
  }

  /** Measures everything now. */
  async runOnce(): Promise<void> {
    const { clock, history, pause, sources } = this.#options;
    if (!(await history.begin(Math.floor(clock.now() / 1_000)))) return;
    const pacer = new Pacer(clock, pause);
    for (const source of sources) await this.#measure(source, pacer);
    await history.end();
  }

  async #measure(source: SampleSource, pacer: Pacer): Promise<void> {
    try {
      for (const { kind, labels, figures } of source.observe()) {
        this.#options.history.measure(kind, labels, figures);
        if (pacer.isDue) await pacer.pause();
      }
    } catch (problem) {
      this.#options.onProblem?.(messageOf(problem));
    }
  }

  #arm(): void {
    const { clock } = this.#options;
    const untilNextMs = 1_000 - (clock.now() % 1_000);
    this.#cancelTimer = clock.after(untilNextMs, () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    try {
      await this.runOnce();
    } catch (problem) {
      this.#options.onProblem?.(messageOf(problem));
    }
    if (this.#isRunning) this.#arm();
  }
}
