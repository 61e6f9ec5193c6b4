/**
 * One timer for all connections of a server: it visits each a few times a second for heartbeats and deadlines.
 * Time is counted in ticks of the scan, so that receiving a frame reads no clock.
 */
import type { CancelTimer, Clock } from '../../kernel/index.js';

/** Half of the shortest heartbeat interval, one second: what must be sent within it is never late. */
export const tickMs = 500;

/** What the scan visits. */
export interface Scanned {
  /** Called once each tick with its number. */
  tick(now: number): void;
}

/** Ticks that cover `durationMs` at least. */
export function ticksOf(durationMs: number): number {
  return Math.ceil(durationMs / tickMs) + 1;
}

export class HeartbeatScan {
  readonly #clock: Clock;
  readonly #scanned: Iterable<Scanned>;
  #cancel: CancelTimer | undefined;
  #dueMs = 0;
  #now = 0;

  constructor(clock: Clock, scanned: Iterable<Scanned>) {
    this.#clock = clock;
    this.#scanned = scanned;
  }

  /** The number of the current tick. */
  get now(): number {
    return this.#now;
  }

  start(): void {
    if (this.#cancel !== undefined) return;
    this.#dueMs = this.#clock.monotonic() + tickMs;
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** One visit to each. A process that was stopped for a while counts one tick: its peers were not idle. */
  runOnce(): void {
    this.#now++;
    for (const scanned of this.#scanned) scanned.tick(this.#now);
  }

  #schedule(): void {
    this.#cancel = this.#clock.after(this.#dueMs - this.#clock.monotonic(), () => {
      this.#dueMs = Math.max(this.#dueMs, this.#clock.monotonic() - tickMs) + tickMs;
      this.#schedule();
      this.runOnce();
    });
  }
}
