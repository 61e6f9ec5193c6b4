/** The messages of one queue that wait for records to be written. Invariant: exactly the `held` entries, by position. */
import type { RecordWait } from './records/record-waits.js';

/** Waits that end between two turns of the event loop, when the queue goes. */
const endsPerStep = 1_024;

export class HeldEntries {
  readonly #onEnd: () => void;
  #waits: Map<number, RecordWait> | undefined = undefined;

  /** `onEnd`: one is held no longer. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get(position: number): RecordWait | undefined {
    return this.#waits?.get(position);
  }

  add(wait: RecordWait): void {
    this.#waits ??= new Map();
    this.#waits.set(wait.position, wait);
  }

  /** An entry is held no longer. */
  end(position: number): void {
    this.#waits?.get(position)?.end();
    if (this.#waits?.delete(position) === true) this.#onEnd();
  }

  all(): Iterable<RecordWait> {
    return this.#waits?.values() ?? [];
  }

  /** Ends all of them, when the queue goes: a step a few of them, for the caller to spread out. */
  *endAll(): Generator<undefined> {
    let left = endsPerStep;
    for (const position of this.#waits?.keys() ?? []) {
      this.end(position);
      if (--left > 0) continue;
      left = endsPerStep;
      yield undefined;
    }
  }
}
