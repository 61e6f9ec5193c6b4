/**
 * Records through whoever owns the directory. Invariant: a change with a condition is asked for once, as a second time
 * it could conflict with itself; a watch outlives the owner that it was begun with.
 */
import type {
  Engine,
  RecordChange,
  RecordCondition,
  RecordEntry,
  RecordOptions,
  RecordOutcome,
  Records,
} from '../index.js';

/** Runs a call on whichever engine is there: again where that was lost, or `once`. */
export interface EngineCalls {
  run<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result>;
  once<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result>;
}

interface Watch {
  readonly prefix: string;
  readonly listener: (change: RecordChange) => void;
  readonly signal: AbortSignal;
}

export class SharedRecords implements Records {
  readonly #calls: EngineCalls;
  readonly #watches = new Set<Watch>();

  constructor(calls: EngineCalls) {
    this.#calls = calls;
  }

  get(key: string): Promise<RecordEntry | undefined> {
    return this.#calls.run(({ records }) => records.get(key));
  }

  put(key: string, value: Buffer, options: RecordOptions = {}): Promise<RecordOutcome> {
    const work = ({ records }: Engine): Promise<RecordOutcome> => records.put(key, value, options);
    return options.expected === undefined ? this.#calls.run(work) : this.#calls.once(work);
  }

  delete(key: string, condition: RecordCondition = {}): Promise<RecordOutcome> {
    const work = ({ records }: Engine): Promise<RecordOutcome> => records.delete(key, condition);
    return condition.expected === undefined ? this.#calls.run(work) : this.#calls.once(work);
  }

  scan(prefix: string): Promise<readonly RecordEntry[]> {
    return this.#calls.run(({ records }) => records.scan(prefix));
  }

  async watch(prefix: string, listener: (change: RecordChange) => void, signal: AbortSignal): Promise<void> {
    await this.#calls.run(({ records }) => records.watch(prefix, listener, signal));
    if (signal.aborted) return;
    const watch = { prefix, listener, signal };
    this.#watches.add(watch);
    signal.addEventListener('abort', () => this.#watches.delete(watch), { once: true });
  }

  /** Begins every watch again on the next engine, and tells what there is: it may have changed meanwhile. */
  async restore({ records }: Engine): Promise<void> {
    for (const { prefix, listener, signal } of this.#watches) {
      try {
        await records.watch(prefix, listener, signal);
        for (const entry of await records.scan(prefix))
          if (!signal.aborted) listener({ key: entry.key, entry });
      } catch {
        // This engine is lost as well: the next one is told again.
      }
    }
  }
}
