/**
 * The places of one worker: so many deliveries are worked on at a time, and that number may change meanwhile.
 * Invariants: what runs is never stopped by a smaller number; a delivery that was taken is worked on or given back.
 */
import type { Delivery } from '../engines/index.js';

export interface SlotsOptions {
  /** A delivery at once; undefined: ask `next`. */
  readonly take: () => Delivery | undefined;
  /** The next delivery; undefined: there are no more. */
  readonly next: () => Promise<IteratorResult<Delivery, undefined>>;
  /** A promise only where there is something to wait for: a promise a task is a tenth of what a short one costs. */
  readonly work: (delivery: Delivery) => Promise<unknown> | undefined;
}

export class WorkerSlots {
  readonly #options: SlotsOptions;
  #wanted: number;
  /** Those that run, or wait for a delivery; after a smaller number some too many, until each has had one more. */
  #slots = 0;
  #busy = 0;
  /** Slots that have a delivery and no place. */
  #parked: (() => void)[] = [];
  #isStarted = false;
  #isOver = false;
  #resolve: () => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  /** Resolves when there are no more deliveries and none is worked on. Rejects with what ended them. */
  readonly ended: Promise<void>;

  constructor(wanted: number, options: SlotsOptions) {
    this.#wanted = wanted;
    this.#options = options;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get wanted(): number {
    return this.#wanted;
  }

  start(): void {
    this.#isStarted = true;
    this.#fill();
  }

  /** More begin at once; fewer as what runs ends. */
  setWanted(wanted: number): void {
    this.#wanted = wanted;
    if (!this.#isStarted) return;
    this.#fill();
    this.#unpark(wanted - this.#busy);
  }

  /** There are no more deliveries: what was taken and has no place goes back. */
  stop(): void {
    this.#isOver = true;
    this.#unpark(this.#parked.length);
    if (!this.#isStarted) this.#resolve();
  }

  #fill(): void {
    while (this.#slots < this.#wanted && !this.#isOver) {
      this.#slots++;
      this.#run().catch(this.#reject);
    }
  }

  async #run(): Promise<void> {
    for (;;) {
      // Counted as gone before another looks: of several that end at once only those too many go.
      if (this.#slots > this.#wanted) break;
      let value = this.#options.take();
      if (value === undefined) ({ value } = await this.#options.next());
      if (value === undefined) break;
      while (this.#busy >= this.#wanted && !this.#isOver)
        await new Promise<void>((resolve) => this.#parked.push(resolve));
      if (this.#isOver && this.#busy >= this.#wanted) {
        await value.release();
        break;
      }
      const working = this.#options.work(value);
      if (working !== undefined) await this.#busyFor(working);
    }
    this.#slots--;
    if (this.#slots === 0) this.#resolve();
  }

  async #busyFor(working: Promise<unknown>): Promise<void> {
    this.#busy++;
    try {
      await working;
    } finally {
      this.#busy--;
      this.#unpark(this.#wanted - this.#busy);
    }
  }

  #unpark(count: number): void {
    if (count > 0 && this.#parked.length > 0) for (const resume of this.#parked.splice(0, count)) resume();
  }
}
