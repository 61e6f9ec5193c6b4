/**
 * The objects that are measured now, found by kind and labels without building a key. Invariant: `ordered` goes up by
 * number; there are at most `objectsMax`, so that what clients name cannot fill the memory.
 */
import type { ObjectKind } from '../metric.js';
import { KindWindow } from './kind-window.js';
import type { ObjectBook } from './object-book.js';
import type { LiveObject } from './sealing.js';

interface Branch {
  readonly below: Map<string, Branch>;
  object: LiveObject | undefined;
}

interface KindObjects {
  readonly window: KindWindow;
  readonly root: Branch;
}

export class LiveObjects {
  readonly #kinds: ReadonlyMap<string, KindObjects>;
  readonly #book: ObjectBook;
  readonly #objectsMax: number;
  readonly #byId = new Map<number, LiveObject & { readonly labels: readonly string[] }>();
  #ordered: LiveObject[] | undefined = [];
  /** Objects that were not measured because there are too many, counted at each attempt. */
  refused = 0;

  constructor(kinds: readonly ObjectKind[], book: ObjectBook, objectsMax: number) {
    this.#kinds = new Map(kinds.map((kind) => [kind.name, { window: new KindWindow(kind), root: branch() }]));
    this.#book = book;
    this.#objectsMax = objectsMax;
  }

  get memoryBytes(): number {
    return [...this.#kinds.values()].reduce((sum, { window }) => sum + window.memoryBytes, 0);
  }

  window(kind: string): KindWindow | undefined {
    return this.#kinds.get(kind)?.window;
  }

  has(id: number): boolean {
    return this.#byId.has(id);
  }

  byId(id: number): LiveObject | undefined {
    return this.#byId.get(id);
  }

  get size(): number {
    return this.#byId.size;
  }

  ordered(): readonly LiveObject[] {
    this.#ordered ??= [...this.#byId.values()].sort((a, b) => a.id - b.id);
    return this.#ordered;
  }

  /** The object, made if there is room for one more; undefined: there is not, or no such kind. */
  find(kind: string, labels: readonly string[]): LiveObject | undefined {
    const known = this.#kinds.get(kind);
    if (known === undefined) return undefined;
    let at = known.root;
    for (const label of labels) {
      let next = at.below.get(label);
      if (next === undefined) at.below.set(label, (next = branch()));
      at = next;
    }
    return at.object ?? this.#make(kind, labels, known.window, at);
  }

  /** Gives up an object whose window and minute are empty. */
  release(object: LiveObject): void {
    const { labels } = this.#byId.get(object.id)!;
    this.#byId.delete(object.id);
    this.#ordered = undefined;
    object.window.release(object.slot);
    prune(this.#kinds.get(object.window.kind.name)!.root, labels, 0);
  }

  #make(kind: string, labels: readonly string[], window: KindWindow, at: Branch): LiveObject | undefined {
    if (this.#byId.size >= this.#objectsMax) {
      this.refused++;
      prune(this.#kinds.get(kind)!.root, labels, 0);
      return undefined;
    }
    const isFirstSeen = this.#book.find(kind, labels) === undefined;
    const object = {
      id: this.#book.idOf(kind, labels),
      isFirstSeen,
      window,
      slot: window.take(),
      labels: [...labels],
    };
    this.#byId.set(object.id, object);
    this.#ordered = undefined;
    at.object = object;
    return object;
  }
}

function branch(): Branch {
  return { below: new Map(), object: undefined };
}

/** Takes the object at `labels` away, and every branch that leads to nothing; true: `at` leads to nothing. */
function prune(at: Branch, labels: readonly string[], depth: number): boolean {
  const label = labels[depth];
  if (label === undefined) at.object = undefined;
  else {
    const next = at.below.get(label);
    if (next !== undefined && prune(next, labels, depth + 1)) at.below.delete(label);
  }
  return at.below.size === 0 && at.object === undefined;
}
