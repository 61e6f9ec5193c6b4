/**
 * Sluice for tests of programs: the embedded engine, whole, on a disk in memory, with time that moves only when told.
 * Invariant: nothing outside the process is touched, and the same seed gives the same run.
 */
import { openBroker } from '../broker/index.js';
import { EmbeddedEngine } from '../engines/embedded/index.js';
import { millisecondsOf, type Duration } from '../engines/index.js';
import { FakeClock, seededRandom, SimulatedDisk, SluiceError } from '../kernel/index.js';
import { TaskApp } from '../tasks/index.js';

export interface TestingOptions {
  /** What `app.clock` begins at; 2023-11-14T22:13:20Z unless said otherwise. */
  readonly now?: Date;
  /** Chooses the jitter of retries and the names of tasks; 1 unless said otherwise. */
  readonly seed?: number;
}

/** Rounds of the event loop without any change, after which nothing more happens by itself. */
const quietRounds = 4;
/** How long `idle` waits for handlers, in rounds of the event loop; some seconds. */
const idleRoundsMax = 200_000;

/** Time, as a test sees it. */
export class TestingClock {
  readonly #clock: FakeClock;
  readonly #settle: () => Promise<void>;

  constructor(clock: FakeClock, settle: () => Promise<void>) {
    this.#clock = clock;
    this.#settle = settle;
  }

  now(): Date {
    return new Date(this.#clock.now());
  }

  /** Moves time forward, from timer to timer; between two of them everything that can happen happens. */
  async advance(by: Duration): Promise<void> {
    const untilMs = this.#clock.now() + millisecondsOf(by, 'the advance');
    await this.#settle();
    for (let next = this.#clock.nextTimerMs; next <= untilMs; next = this.#clock.nextTimerMs) {
      this.#clock.advance(next - this.#clock.now());
      await this.#settle();
    }
    this.#clock.advance(untilMs - this.#clock.now());
    await this.#settle();
  }

  /** Resolves once time has been moved so far; for handlers under test. */
  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    const delayMs = millisecondsOf(duration, 'the sleep');
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(delayMs, resolve);
      const abort = (): void => {
        cancel();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the signal says
        reject(signal?.reason);
      };
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}

export class TestingApp extends TaskApp {
  readonly clock: TestingClock;
  readonly #durableSequence: () => number;

  constructor(engine: EmbeddedEngine, clock: FakeClock, seed: number, durableSequence: () => number) {
    super(engine, clock, seededRandom(seed));
    this.#durableSequence = durableSequence;
    this.clock = new TestingClock(clock, () => this.#settle());
  }

  /**
   * Resolves when no handler is at work and nothing more happens until time moves. Rejects with `timeout` when a
   * handler does not end: one that waits for time needs `clock.advance`.
   */
  async idle(): Promise<void> {
    for (let rounds = 0; rounds < idleRoundsMax; rounds++) {
      await this.#settle();
      if (this.activeHandlers === 0) return;
    }
    const text = `${this.activeHandlers} handlers do not end; if they wait for time, move it: app.clock.advance('1s')`;
    throw new SluiceError('timeout', text);
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < quietRounds; quiet++) {
      const before = this.#durableSequence();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#durableSequence() !== before) quiet = 0;
    }
  }
}

/** Opens an engine for one test; `close` forgets everything in it. */
export async function openTesting(options: TestingOptions = {}): Promise<TestingApp> {
  const { now, seed = 1 } = options;
  const clock = new FakeClock(now?.getTime());
  const random = seededRandom(seed);
  const broker = await openBroker({
    directory: '/testing',
    disk: new SimulatedDisk({ random }),
    clock,
    random,
    onFailure: (error) => {
      throw error;
    },
    journal: { segmentBytesFirst: 1_048_576 },
  });
  const engine = new EmbeddedEngine('testing', broker, clock, () => Promise.resolve());
  return new TestingApp(engine, clock, seed, () => broker.durableSequence);
}
