/**
 * Who carries the engine now, and who waits for the next. Invariant: a call runs on the engine that was there when it
 * began; one that is lost with its engine is run again on the next, in the order in which the calls were made.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { SluiceError, type CancelTimer, type Clock } from '../../kernel/index.js';
import type { Engine } from '../index.js';

/** How long a directory may be without an owner that serves before calls are told; it is tried further. */
const vacancyMsMax = 60_000;
/** What a connection that is ending is given to say so. */
const endingMs = 10;

interface Waiter {
  /** Waits for as long as it takes. */
  readonly isPatient: boolean;
  readonly resolve: (engine: Engine) => void;
  readonly reject: (error: SluiceError) => void;
}

export class Tenure {
  readonly #directory: string;
  readonly #clock: Clock;
  #engine: Engine | undefined;
  /** Why nobody is waited for any more. */
  #end: SluiceError | undefined;
  /** Why calls are refused for now. */
  #vacancy: SluiceError | undefined;
  #cancelVacancy: CancelTimer | undefined;
  #waiters: Waiter[] = [];

  constructor(directory: string, clock: Clock, engine: Engine) {
    this.#directory = directory;
    this.#clock = clock;
    this.#engine = engine;
  }

  /** The engine that is there now. */
  get current(): Engine | undefined {
    return this.#engine;
  }

  /** Set once nobody comes any more. */
  get end(): SluiceError | undefined {
    return this.#end;
  }

  /** The engine is gone; calls wait for the next. */
  vacate(): void {
    this.#engine = undefined;
    this.#cancelVacancy = this.#clock.after(vacancyMsMax, () => {
      const seconds = vacancyMsMax / 1000;
      this.#vacancy = new SluiceError(
        'connection-failed',
        `nobody has served ${this.#directory} for ${seconds} s; still trying`,
        { retryable: true, details: { directory: this.#directory } },
      );
      const impatient = this.#waiters.filter(({ isPatient }) => !isPatient);
      this.#waiters = this.#waiters.filter(({ isPatient }) => isPatient);
      for (const { reject } of impatient) reject(this.#vacancy);
    });
  }

  /** The next engine is there. */
  take(engine: Engine): void {
    this.#cancelVacancy?.();
    this.#vacancy = undefined;
    this.#engine = engine;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve } of waiters) resolve(engine);
  }

  /** There will be no other engine: every call, waiting or to come, is refused with `error`. */
  finish(error: SluiceError): void {
    this.#end ??= error;
    this.#cancelVacancy?.();
    this.#engine = undefined;
    for (const { reject } of this.#waiters.splice(0)) reject(this.#end);
  }

  /** The engine that is there, or the next. Unless `isPatient`, rejects with `connection-failed` after a minute without. */
  wait(isPatient = false): Promise<Engine> {
    const refusal = this.#end ?? (isPatient ? undefined : this.#vacancy);
    if (this.#engine !== undefined) return Promise.resolve(this.#engine);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => this.#waiters.push({ isPatient, resolve, reject }));
  }

  /** Whether `error` came because `engine` was lost, so that the call may be made again. */
  isLoss(engine: Engine, error: unknown): boolean {
    if (!(error instanceof SluiceError)) return false;
    // A connection that is ending may fail a call before it says that it ends.
    if (this.#engine === engine) return error.code === 'connection-failed' && engine.kind === 'sluice';
    return error.code === 'connection-failed' || error.code === 'closed';
  }

  /** Runs `work` a single time: where its engine was lost nobody knows whether it was done, and the caller is told so. */
  async once<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    const engine = await this.wait();
    try {
      return await work(engine);
    } catch (error) {
      if (!this.isLoss(engine, error)) throw error;
      const message = `the owner of ${this.#directory} went away before it answered: the change may have been made`;
      throw new SluiceError('connection-failed', message, { cause: error, retryable: true });
    }
  }

  /** Runs `work`, again where its engine was lost: for what can be done twice. */
  run<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result> {
    const engine = this.#engine;
    if (engine === undefined) return this.wait().then(() => this.run(work));
    return work(engine).catch(async (error: unknown) => {
      if (!this.isLoss(engine, error)) throw error;
      if (this.#engine === engine) await wait(endingMs);
      await this.wait();
      return this.run(work);
    });
  }
}
