/**
 * Dead letters in groups of one cause, with how many came when. Invariant: groups are bounded; what found no place in
 * one is counted all the same.
 */
import type { Letter } from './letters.js';

const groupsMax = 1_000;
const textMax = 300;
export const bars = 40;

/** Dead letters that died of the same thing. Times are Unix ms. */
export interface DeathGroup {
  readonly fingerprint: string;
  readonly reason: string;
  readonly source?: string;
  readonly exception?: string;
  /** What was said, without what changes from one to the next. */
  readonly words: string;
  /** Frames of the stack that count, innermost first. */
  readonly frames: readonly string[];
  readonly count: number;
  /** Of those, how many were redriven before and have failed again. */
  readonly redriven: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** How many came in each of the equal parts of the answer's stretch. */
  readonly histogram: readonly number[];
  /** One of them, the latest, as it is told. */
  readonly example: { readonly position: number; readonly message?: string; readonly stack?: string };
}

type Counted = { -readonly [Name in keyof DeathGroup]: DeathGroup[Name] } & { histogram: number[] };

export class DeathGroups {
  readonly #groups = new Map<string, Counted>();
  readonly #fromMs: number;
  readonly #barMs: number;
  /** Letters of causes beyond the first thousand. */
  ungrouped = 0;
  counted = 0;

  /** The stretch of time that the histograms cover; what came before or after counts at its ends. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#barMs = Math.max(1, (toMs - fromMs) / bars);
  }

  add(letter: Letter): void {
    this.counted++;
    const { fingerprint, arrivalMs, death } = letter;
    let group = this.#groups.get(fingerprint);
    if (group === undefined) {
      if (this.#groups.size >= groupsMax) {
        this.ungrouped++;
        return;
      }
      this.#groups.set(fingerprint, (group = newGroup(letter)));
    }
    group.count++;
    if (death.redriven > 0) group.redriven++;
    group.firstMs = Math.min(group.firstMs, arrivalMs);
    if (arrivalMs >= group.lastMs) {
      group.lastMs = arrivalMs;
      group.example = exampleOf(letter);
    }
    const bar = Math.floor((arrivalMs - this.#fromMs) / this.#barMs);
    group.histogram[Math.min(bars - 1, Math.max(0, bar))]!++;
  }

  /** The largest first. */
  get rows(): readonly DeathGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count || b.lastMs - a.lastMs);
  }
}

function newGroup(letter: Letter): Counted {
  const { fingerprint, words, frames, arrivalMs, death } = letter;
  const { reason, source, exception } = death;
  return {
    ...{ fingerprint, reason, words },
    frames: frames.map((frame) => frame.slice(0, textMax)),
    ...(source === undefined ? {} : { source }),
    ...(exception === undefined ? {} : { exception: exception.slice(0, textMax) }),
    ...{ count: 0, redriven: 0, firstMs: arrivalMs, lastMs: arrivalMs },
    histogram: new Array<number>(bars).fill(0),
    example: exampleOf(letter),
  };
}

function exampleOf({ position, death: { message, stack } }: Letter): DeathGroup['example'] {
  return {
    position,
    ...(message === undefined ? {} : { message: message.slice(0, 1_000) }),
    ...(stack === undefined ? {} : { stack: stack.slice(0, 8_192) }),
  };
}
