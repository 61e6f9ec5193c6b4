/**
 * Counts what this process does with tasks, and reports it once a second as a record, for whoever measures. Invariant: it
 * is no part of any task: where it cannot be written tasks go on, and it is written later under the same key.
 */
import type { Engine } from '../../engines/index.js';
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';
import { encodeReports, reportKey } from './task-report.js';
import { TaskTally } from './task-tally.js';

const everyMs = 1_000;
/** While handlers are at work this is said again, though nothing has ended. */
const repeatMs = 5_000;
/** Whoever measures has read it long before. */
const keptMs = 30_000;
/** Nobody waits longer for figures than this. */
const closeMsMax = 1_000;

interface Unsent {
  readonly key: string;
  readonly value: Buffer;
}

export class TaskReporter {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #process: string;
  readonly #tallies = new Map<string, TaskTally>();
  #number = 0;
  #unsent: Unsent | undefined;
  #toldMs = 0;
  #cancelTimer: CancelTimer | undefined;
  #sending: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** Its user may not write records: it asks no more. */
  #isRefused = false;

  /** `process` names it among all that report: letters, digits, `-` and `_`. */
  constructor(engine: Engine, clock: Clock, process: string) {
    this.#engine = engine;
    this.#clock = clock;
    this.#process = process;
  }

  /** What is counted of a type of task. The next report tells it. */
  of(task: string): TaskTally {
    if (this.#cancelTimer === undefined && !this.#isClosed && !this.#isRefused) this.#arm();
    let tally = this.#tallies.get(task);
    if (tally === undefined) this.#tallies.set(task, (tally = new TaskTally()));
    return tally;
  }

  /** Reports what is left, unless that takes longer than a second, as where the engine is away. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    let stopWaiting: CancelTimer | undefined;
    const patience = new Promise<void>((resolve) => {
      stopWaiting = this.#clock.after(closeMsMax, resolve);
    });
    await Promise.race([this.#sending.then(() => this.#send()), patience]);
    stopWaiting?.();
  }

  #arm(): void {
    this.#cancelTimer = this.#clock.after(everyMs, () => {
      this.#cancelTimer = undefined;
      this.#sending = this.#send().then(() => {
        if (!this.#isClosed && this.#isBusy) this.#arm();
      });
    });
  }

  get #isBusy(): boolean {
    if (this.#cancelTimer !== undefined || this.#isRefused) return false;
    if (this.#unsent !== undefined) return true;
    return [...this.#tallies.values()].some(({ hasNews, running }) => hasNews || running > 0);
  }

  async #send(): Promise<void> {
    if (this.#isRefused || this.#engine.capabilities.records.kind === 'none') return;
    try {
      if (this.#unsent !== undefined) await this.#put(this.#unsent);
      this.#unsent = this.#next();
      if (this.#unsent !== undefined) await this.#put(this.#unsent);
    } catch (error) {
      // The next report tries it again, under the same key: whoever adds up counts it once.
      if (error instanceof SluiceError && error.code === 'access-refused') this.#isRefused = true;
    }
  }

  async #put({ key, value }: Unsent): Promise<void> {
    await this.#engine.records.put(key, value, { ttlMs: keptMs });
    this.#unsent = undefined;
  }

  #next(): Unsent | undefined {
    const nowMs = this.#clock.monotonic();
    const isDue = nowMs - this.#toldMs >= repeatMs;
    const told = [...this.#tallies].filter(([, { hasNews, running }]) => hasNews || (isDue && running > 0));
    if (told.length === 0) return undefined;
    if (isDue) this.#toldMs = nowMs;
    const reports = new Map(told.map(([task, tally]) => [task, tally.take()]));
    return { key: reportKey(this.#process, this.#number++), value: encodeReports(reports) };
  }
}
