/**
 * The objects that are measured now, found by kind and labels without building a key. Invariant: `ordered` goes up by
 * number; there are at most `objectsMax`, so that what clients name cannot fill the memory.
 */
import { LabelTree } from '../label-tree.js';
import type { ObjectKind } from '../metric.js';
import { KindWindow } from './kind-window.js';
import type { ObjectBook } from './object-book.js';
import type { LiveObject } from './sealing.js';

interface KindObjects {
  readonly window: KindWindow;
  readonly tree: LabelTree<LiveObject>;
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
    this.#kinds = new Map(
      kinds.map((kind) => [kind.name, { window: new KindWindow(kind), tree: new LabelTree() }]),
    );
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
    return known.tree.find(labels) ?? this.#make(kind, labels, known);
  }

  /** Gives up an object whose window and minute are empty. */
  release(object: LiveObject): void {
    const { labels } = this.#byId.get(object.id)!;
    this.#byId.delete(object.id);
    this.#ordered = undefined;
    object.window.release(object.slot);
    this.#kinds.get(object.window.kind.name)!.tree.remove(labels);
  }

  #make(kind: string, labels: readonly string[], { window, tree }: KindObjects): LiveObject | undefined {
    if (this.#byId.size >= this.#objectsMax) {
      this.refused++;
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
    tree.put(object.labels, object);
    return object;
  }
}
