/**
 * Where one rule stands with every object of its kind. Invariant: objects with which nothing is the matter take one
 * lookup and no memory.
 */
import type { CompiledRule } from './compile.js';
import { step, type Outcome, type Progress, type Transition } from './progress.js';

/** What a rule holds of an object. */
export interface Standing {
  readonly progress: Progress;
  /** The newest known value; NaN: none. */
  readonly value: number;
}

export class RuleState {
  readonly compiled: CompiledRule;
  /** For staleness: when each slot's watched figure was last known. */
  readonly knownSecond = new Map<number, number>();
  /** For absence: objects that matched in this moment, and since when there was none. */
  matched = 0;
  absentSinceSecond: number | undefined;
  readonly #standings = new Map<number, Standing>();

  constructor(compiled: CompiledRule) {
    this.compiled = compiled;
  }

  get(slot: number): Standing | undefined {
    return this.#standings.get(slot);
  }

  /** Slots with which something is the matter. */
  slots(): readonly number[] {
    return [...this.#standings.keys()];
  }

  put(slot: number, standing: Standing): void {
    this.#standings.set(slot, standing);
  }

  forget(slot: number): void {
    this.#standings.delete(slot);
    this.knownSecond.delete(slot);
  }

  /** One step for an object; gives what changed. */
  step(slot: number, seen: Outcome, value: number, second: number): Transition | undefined {
    const before = this.#standings.get(slot);
    if (before === undefined && seen !== 3) return undefined;
    const { progress, transition } = step(before?.progress, seen, second, this.compiled.timing);
    if (progress === undefined) this.#standings.delete(slot);
    else this.#standings.set(slot, { progress, value: Number.isNaN(value) ? (before?.value ?? NaN) : value });
    return transition;
  }
}
