/**
 * Answers of an engine, kept for a moment: pages that ask again and again, and people who ask at the same time, cost it
 * one question. Invariants: what failed is not kept; so many answers are kept and no more, and none for longer.
 */
import type { Clock } from '../../kernel/index.js';

const keptMs = 3_000;
const answersMax = 16;

export class ShortMemory {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer to `question`, asked for anew where there is none from the last seconds. */
  ask<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#kept.get(question);
    if (known !== undefined) return known as Promise<Answer>;
    const answer = ask();
    if (this.#kept.size >= answersMax) return answer;
    this.#kept.set(question, answer);
    const drop = (): void => {
      this.#kept.delete(question);
    };
    answer.then(() => this.#clock.after(keptMs, drop), drop);
    return answer;
  }
}
