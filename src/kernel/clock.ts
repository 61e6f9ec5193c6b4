/**
 * Time as a port. Wall time is read once at start and advanced by the monotonic clock, so a step of the
 * system clock neither expires messages nor holds delays; the step is reported by `skewMs` instead.
 */

/** Cancels a timer; safe to call twice and after it fired. */
export type CancelTimer = () => void;

/** The only source of time and timers. */
export interface Clock {
  /** Milliseconds since the Unix epoch, never going back. May carry a fraction. */
  now(): number;
  /** Milliseconds from an arbitrary start, for measuring intervals. */
  monotonic(): number;
  /** How far the system's wall clock has moved away from `now()`, in milliseconds. */
  skewMs(): number;
  /** Calls `run` once after `delayMs`. The timer does not keep the process alive. */
  after(delayMs: number, run: () => void): CancelTimer;
}

/** The longest delay Node's timers take; longer ones would fire at once. */
export const timerDelayMsMax = 2 ** 31 - 1;

/** The real clock. */
export function systemClock(): Clock {
  const wallAtStart = Date.now();
  const monotonicAtStart = performance.now();
  const now = (): number => wallAtStart + (performance.now() - monotonicAtStart);
  return {
    now,
    monotonic: () => performance.now(),
    skewMs: () => Date.now() - now(),
    after(delayMs, run) {
      const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), timerDelayMsMax));
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

interface FakeTimer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock for tests and simulation: it moves only when told. */
export class FakeClock implements Clock {
  #now: number;
  #timers: FakeTimer[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  skewMs(): number {
    return 0;
  }

  after(delayMs: number, run: () => void): CancelTimer {
    const timer = { at: this.#now + Math.max(delayMs, 0), run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** When the next timer fires; Infinity: none is set. */
  get nextTimerMs(): number {
    return this.#timers.reduce((next, { at }) => Math.min(next, at), Infinity);
  }

  /** Moves time forward, firing timers in order of their moments. */
  advance(byMs: number): void {
    const until = this.#now + byMs;
    for (;;) {
      let next: FakeTimer | undefined;
      for (const timer of this.#timers) {
        if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
      }
      if (next === undefined) break;
      const due = next;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
    }
    this.#now = until;
  }
}
