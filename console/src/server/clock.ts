/**
 * The server's time, by what its answers say: a browser's clock may be minutes off, and plots and ages would be with
 * it. Invariant: a difference that an answer's way and whole seconds explain is none.
 */
const toleratedMs = 5_000;

/** The time of the server, from the `Date` of its answers. */
export class ServerClock {
  readonly #browserMs: () => number;
  #aheadMs = 0;

  /** @param browserMs - what the browser takes for the time. */
  constructor(browserMs: () => number = Date.now) {
    this.#browserMs = browserMs;
  }

  /** Takes an answer's `Date`; null, or not a date: nothing is learned. */
  hear(date: string | null): void {
    const said = date === null ? NaN : Date.parse(date);
    if (Number.isNaN(said)) return;
    const aheadMs = said - this.#browserMs();
    this.#aheadMs = Math.abs(aheadMs) > toleratedMs ? aheadMs : 0;
  }

  nowMs(): number {
    return this.#browserMs() + this.#aheadMs;
  }
}

export const clock = new ServerClock();
