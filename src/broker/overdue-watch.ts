/** Ends deliveries that wait too long for their acknowledgement. Invariant: after `stop` it looks no more. */
import type { CancelTimer, Clock } from '../kernel/index.js';
import type { Connection } from './connection.js';

const checkMs = 1_000;

export class OverdueWatch {
  readonly #clock: Clock;
  readonly #connections: ReadonlySet<Connection>;
  readonly #timeoutMs: number;
  #cancel: CancelTimer | undefined = undefined;

  /** `timeoutMs`: how long a delivery may wait where neither consumer nor queue says so. */
  constructor(clock: Clock, connections: ReadonlySet<Connection>, timeoutMs: number) {
    this.#clock = clock;
    this.#connections = connections;
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#cancel = this.#clock.after(checkMs, () => {
      this.runOnce(this.#clock.now());
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Asks every channel once. */
  runOnce(nowMs: number): void {
    for (const connection of this.#connections)
      for (const channel of [...connection.channels]) channel.endOverdue(nowMs, this.#timeoutMs);
  }
}
