/**
 * Things found by the values of labels without building a key. Invariant: every branch leads to something, so that
 * names which clients choose are forgotten with what they named.
 *
 * Objects are measured in the same order second after second, so what came after the last one found is tried first,
 * without a hash of any label.
 */

interface Branch<Value> {
  readonly below: Map<string, Branch<Value>>;
  value: Value | undefined;
  /** Where `value` stands. */
  labels: readonly string[];
  /** What was found after this the last time. */
  next: Branch<Value> | undefined;
}

/** All labels of one tree are equally many. */
export class LabelTree<Value> {
  readonly #root: Branch<Value> = branch();
  #last: Branch<Value> = this.#root;

  find(labels: readonly string[]): Value | undefined {
    const guess = this.#last.next;
    const found = guess !== undefined && standsAt(guess, labels) ? guess : this.#search(labels);
    if (found === undefined) return undefined;
    this.#last.next = found;
    this.#last = found;
    return found.value;
  }

  #search(labels: readonly string[]): Branch<Value> | undefined {
    let at: Branch<Value> | undefined = this.#root;
    for (const label of labels) {
      at = at.below.get(label);
      if (at === undefined) return undefined;
    }
    return at;
  }

  /** The labels stay as they are. */
  put(labels: readonly string[], value: Value): void {
    let at = this.#root;
    for (const label of labels) {
      let next = at.below.get(label);
      if (next === undefined) at.below.set(label, (next = branch()));
      at = next;
    }
    at.value = value;
    at.labels = labels;
  }

  /** Safe where there is nothing. */
  remove(labels: readonly string[]): void {
    prune(this.#root, labels, 0);
    this.#last = this.#root;
  }
}

function branch<Value>(): Branch<Value> {
  return { below: new Map(), value: undefined, labels: [], next: undefined };
}

function standsAt<Value>(at: Branch<Value>, labels: readonly string[]): boolean {
  if (at.value === undefined) return false;
  // The last label tells most objects apart.
  for (let index = labels.length - 1; index >= 0; index--)
    if (at.labels[index] !== labels[index]) return false;
  return true;
}

/** Takes away what is at `labels`, and every branch that leads to nothing; true: `at` leads to nothing. */
function prune<Value>(at: Branch<Value>, labels: readonly string[], depth: number): boolean {
  const label = labels[depth];
  if (label === undefined) at.value = undefined;
  else {
    const next = at.below.get(label);
    if (next !== undefined && prune(next, labels, depth + 1)) at.below.delete(label);
  }
  return at.below.size === 0 && at.value === undefined;
}
