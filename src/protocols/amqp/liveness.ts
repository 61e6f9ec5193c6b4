/**
 * What a connection must do by when, in ticks of the scan: heartbeats both ways, and one deadline for the stage it
 * is in. Pure arithmetic; the connection acts.
 */
import { tickMs, ticksOf } from './heartbeat-scan.js';

/** What is due. */
export type Due = 'nothing' | 'send-heartbeat' | 'peer-silent' | 'deadline-passed';

export class Liveness {
  #sentAt: number;
  #receivedAt: number;
  #sendTicks = 0;
  #silentTicks = 0;
  #deadline: number | undefined;

  /** `now` is the current tick. */
  constructor(now: number) {
    this.#sentAt = now;
    this.#receivedAt = now;
  }

  /** Agrees on heartbeats; 0: none. A peer is given up after two silent intervals (specification 2.3.7). */
  agree(heartbeatSeconds: number, now: number): void {
    const intervalTicks = (heartbeatSeconds * 1000) / tickMs;
    this.#sendTicks = intervalTicks / 2;
    this.#silentTicks = heartbeatSeconds === 0 ? 0 : 2 * intervalTicks + 1;
    this.#receivedAt = now;
  }

  /** The tick when the peer was last heard from. */
  get receivedAt(): number {
    return this.#receivedAt;
  }

  sent(now: number): void {
    this.#sentAt = now;
  }

  received(now: number): void {
    this.#receivedAt = now;
  }

  /** The current stage must be over within `durationMs`. */
  within(durationMs: number, now: number): void {
    this.#deadline = now + ticksOf(durationMs);
  }

  /** The current stage may take as long as it likes. */
  withoutDeadline(): void {
    this.#deadline = undefined;
  }

  due(now: number): Due {
    if (this.#deadline !== undefined && now >= this.#deadline) return 'deadline-passed';
    if (this.#sendTicks === 0) return 'nothing';
    if (now - this.#receivedAt > this.#silentTicks) return 'peer-silent';
    return now - this.#sentAt >= this.#sendTicks ? 'send-heartbeat' : 'nothing';
  }
}
