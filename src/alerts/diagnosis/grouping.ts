/** Objects of a kind by the labels that they share with others. Invariant: in the order they came, and only those there are. */
import { keyOf } from './key.js';
import type { Recent } from './recent.js';

export class Grouping {
  readonly #number: number;
  readonly #labels: readonly string[];
  readonly #members = new Map<string, Recent[]>();

  /** `number` is its own among all groupings: objects keep their keys by it. */
  constructor(number: number, labels: readonly string[]) {
    this.#number = number;
    this.#labels = labels;
  }

  join(recent: Recent): void {
    const key = this.#keyOf(recent);
    const members = this.#members.get(key);
    if (members === undefined) this.#members.set(key, [recent]);
    else members.push(recent);
  }

  leave(recent: Recent): void {
    const key = this.#keyOf(recent);
    const left = (this.#members.get(key) ?? []).filter((each) => each !== recent);
    if (left.length === 0) this.#members.delete(key);
    else this.#members.set(key, left);
  }

  /** Those that agree with an object, of this kind or another. */
  of(recent: Recent): readonly Recent[] {
    return this.#members.get(this.#keyOf(recent)) ?? [];
  }

  #keyOf({ groupKeys, subject }: Recent): string {
    return (groupKeys[this.#number] ??= keyOf(this.#labels.map((label) => subject.labels[label]!)));
  }
}
