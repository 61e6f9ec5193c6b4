/** Gives up the records of deleted and purged queues, a few pages a turn, so that a long queue's end stops nobody. */
import type { Clock } from '../kernel/index.js';

/** Work of one turn, milliseconds. */
const sliceMs = 2;

export class Reaper {
  readonly #later: (run: () => void) => void;
  readonly #clock: Clock;
  readonly #work: Generator<undefined>[] = [];

  constructor(later: (run: () => void) => void, clock: Clock) {
    this.#later = later;
    this.#clock = clock;
  }

  /** Does the work, a step at least in each turn. */
  add(work: Generator<undefined>): void {
    this.#work.push(work);
    if (this.#work.length === 1) this.#run();
  }

  #run(): void {
    const untilMs = this.#clock.monotonic() + sliceMs;
    for (let work = this.#work[0]; work !== undefined; work = this.#work[0]) {
      if (work.next().done === true) {
        this.#work.shift();
        continue;
      }
      if (this.#clock.monotonic() < untilMs) continue;
      this.#later(() => {
        this.#run();
      });
      return;
    }
  }
}
