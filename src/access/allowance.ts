/**
 * Allowances that refill over time, one for each key: how many failures a source may cause. Invariant: at
 * most `2 × remembered` keys are kept; a forgotten key starts with a full allowance.
 */
import { RecentMap } from './recent-map.js';

interface Level {
  left: number;
  atMs: number;
}

export class Allowance {
  readonly #max: number;
  readonly #refillPerMs: number;
  readonly #levels: RecentMap<string, Level>;

  /** `max` at once, refilled evenly in `periodMs`. */
  constructor(max: number, periodMs: number, remembered: number) {
    this.#max = max;
    this.#refillPerMs = max / periodMs;
    this.#levels = new RecentMap(remembered);
  }

  /** Takes one, or gives false when none is left. */
  take(key: string, nowMs: number): boolean {
    const level = this.#levelAt(key, nowMs);
    if (level.left < 1) return false;
    level.left--;
    this.#levels.set(key, level);
    return true;
  }

  /** Gives back one that was taken for something that did not fail after all. */
  giveBack(key: string, nowMs: number): void {
    const level = this.#levelAt(key, nowMs);
    level.left = Math.min(this.#max, level.left + 1);
    if (level.left === this.#max) this.#levels.delete(key);
  }

  #levelAt(key: string, nowMs: number): Level {
    const level = this.#levels.get(key) ?? { left: this.#max, atMs: nowMs };
    level.left = Math.min(this.#max, level.left + (nowMs - level.atMs) * this.#refillPerMs);
    level.atMs = nowMs;
    return level;
  }
}
