/**
 * What probes tell of an engine's availability: time up, time down, outages and recoveries. Invariant: time in which
 * nobody could look is neither up nor down, and an outage whose end nobody saw has no recovery time.
 */
import { LatencyTrack } from '../../kernel/index.js';

/** What one probe showed. `unknown`: nothing about the engine, such as a refused permission. */
export type Verdict = 'up' | 'down' | 'unknown';

type Condition =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'up' }
  | { readonly kind: 'down'; readonly sinceMs: number };

const unknown: Condition = { kind: 'unknown' };
const up: Condition = { kind: 'up' };

export class Availability {
  upMs = 0;
  downMs = 0;
  /** Times that probes began to fail. */
  outages = 0;
  /** From the start of the first probe that failed to the first that came back. */
  readonly recoveries: LatencyTrack;
  readonly #gapMsMax: number;
  #condition: Condition = unknown;
  /** Until when time has been counted. */
  #untilMs: number;

  /** Between two probes more than `gapMsMax` apart nobody has looked: the process slept. */
  constructor(nowMs: number, gapMsMax: number) {
    this.#untilMs = nowMs;
    this.#gapMsMax = gapMsMax;
    this.recoveries = new LatencyTrack(nowMs);
  }

  /** Takes in what a probe showed that was begun and ended at these moments, one after another. */
  observe(verdict: Verdict, startedMs: number, endedMs: number): void {
    if (startedMs - this.#untilMs > this.#gapMsMax) this.#condition = unknown;
    if (verdict === 'up') this.#observeUp(startedMs, endedMs);
    else if (verdict === 'down') this.#observeDown(startedMs, endedMs);
    else this.#observeNothing(startedMs);
    this.#untilMs = endedMs;
  }

  /** How long the outage under way has lasted; 0: there is none; undefined: unknown. */
  outageMs(nowMs: number): number | undefined {
    const condition = this.#condition;
    if (condition.kind === 'down') return nowMs - condition.sinceMs;
    return condition.kind === 'up' ? 0 : undefined;
  }

  #observeUp(startedMs: number, endedMs: number): void {
    const condition = this.#condition;
    if (condition.kind === 'down') {
      this.downMs += endedMs - this.#untilMs;
      this.recoveries.record(endedMs - condition.sinceMs);
    } else {
      this.upMs += endedMs - (condition.kind === 'up' ? this.#untilMs : startedMs);
    }
    this.#condition = up;
  }

  #observeDown(startedMs: number, endedMs: number): void {
    const condition = this.#condition;
    if (condition.kind === 'down') {
      this.downMs += endedMs - this.#untilMs;
      return;
    }
    if (condition.kind === 'up') this.upMs += startedMs - this.#untilMs;
    this.downMs += endedMs - startedMs;
    this.outages++;
    this.#condition = { kind: 'down', sinceMs: startedMs };
  }

  #observeNothing(startedMs: number): void {
    if (this.#condition.kind === 'up') this.upMs += startedMs - this.#untilMs;
    this.#condition = unknown;
  }
}
