/**
 * One connection's side of `PublisherHold`: held from its first publish during a shortage until the shortage is
 * over, and told so if it can be told. Invariant: `connection.blocked` and `unblocked` alternate.
 */
import type { Method } from './codec/index.js';
import type { Holdable, PublisherHold } from './publisher-hold.js';

/** What holding needs of its connection. */
export interface HeldHost {
  /** Whether the client takes `connection.blocked`. */
  readonly canBeTold: boolean;
  send(channel: number, method: Method, sequence: number): void;
  stopReading(): void;
  readOn(): void;
  blocked(reason: string): void;
}

export class HeldPublisher implements Holdable {
  readonly #hold: PublisherHold;
  readonly #host: HeldHost;
  #isHeld = false;
  #isTold = false;

  constructor(hold: PublisherHold, host: HeldHost) {
    this.#hold = hold;
    this.#host = host;
  }

  /** `flow` while held by unsynced bytes alone, `blocked` by an alarm. */
  get state(): 'running' | 'flow' | 'blocked' {
    if (!this.#isHeld) return 'running';
    return this.#hold.alarmReason === undefined ? 'flow' : 'blocked';
  }

  /** The connection published during a shortage. */
  begin(): void {
    if (this.#isHeld) return;
    this.#isHeld = true;
    this.#hold.add(this);
    this.#host.stopReading();
    this.#tell();
  }

  holdChanged(): void {
    this.#tell();
    if (!this.#hold.active) this.end();
  }

  /** Goes on reading. Safe to call when not held. */
  end(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#hold.remove(this);
    this.#host.readOn();
  }

  #tell(): void {
    const reason = this.#hold.alarmReason;
    if (!this.#host.canBeTold || (reason !== undefined) === this.#isTold) return;
    this.#isTold = reason !== undefined;
    if (reason === undefined) {
      this.#host.send(0, { name: 'connection.unblocked' }, 0);
      return;
    }
    this.#host.send(0, { name: 'connection.blocked', reason }, 0);
    this.#host.blocked(reason);
  }
}
