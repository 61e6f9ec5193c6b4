/**
 * Conditions that parts of the program tell themselves, such as a receiver of notifications that is broken. Invariant:
 * they go through the same steps as measured ones, and what was told holds until something else is.
 */
import { outcome, step, type Progress, type Transition } from './rules/progress.js';
import type { Rule } from './rules/rule.js';
import type { Subject } from './types.js';

/** What is told. */
export interface Signal {
  /** The name of a rule of kind `signal`. */
  readonly rule: string;
  readonly subject: Subject;
  readonly holds: boolean;
  /** Why it holds no longer; left out: it works again. */
  readonly why?: string;
}

export interface SignalChange {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly transition: Transition;
  readonly sinceSecond: number;
  readonly why?: string | undefined;
}

interface Told {
  signal: Signal;
  progress: Progress | undefined;
}

const toldMax = 10_000;

export class SignalBoard {
  readonly #told = new Map<string, Told>();

  tell(signal: Signal): void {
    const key = keyOf(signal);
    const known = this.#told.get(key);
    if (known !== undefined) known.signal = signal;
    else if (signal.holds && this.#told.size < toldMax) this.#told.set(key, { signal, progress: undefined });
  }

  /** Takes up a signal that fired before a restart; it holds until it is told not to. */
  restore(signal: Signal, sinceSecond: number): void {
    const counts = { heldSeconds: 0, countsFromSecond: undefined, knownSecond: sinceSecond };
    this.#told.set(keyOf(signal), { signal, progress: { state: 'firing', sinceSecond, ...counts } });
  }

  step(rules: ReadonlyMap<string, Rule>, second: number): readonly SignalChange[] {
    const changes: SignalChange[] = [];
    for (const [key, told] of this.#told) {
      const { signal, progress: before } = told;
      const rule = rules.get(signal.rule);
      if (rule?.kind !== 'signal') continue;
      const timing = { forSeconds: rule.for, clearSeconds: rule.clearFor };
      const { progress, transition } = step(
        before,
        signal.holds ? outcome.fires : outcome.clears,
        second,
        timing,
      );
      told.progress = progress;
      if (progress === undefined && !signal.holds) this.#told.delete(key);
      if (transition === undefined) continue;
      const sinceSecond = (progress ?? before)?.sinceSecond ?? second;
      changes.push({ rule, subject: signal.subject, transition, sinceSecond, why: signal.why });
    }
    return changes;
  }
}

function keyOf({ rule, subject }: Signal): string {
  return [rule, subject.kind, ...Object.entries(subject.labels).flat()].join('\u0000');
}
