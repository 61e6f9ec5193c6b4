/**
 * What leads to a queue or an exchange and where messages go from it, hop by hop. Invariant: every exchange and queue
 * comes once, cycles end, and what is beyond the bounds is counted as left out.
 */
import type { Binding } from '../../server/answers.ts';

export interface Place {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
}

export interface GraphNode extends Place {
  readonly id: string;
  /** 0 is what the picture is about; less, what leads to it. */
  readonly column: number;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'binding' | 'alternate' | 'dead-letter';
  /** Routing keys of its bindings. */
  readonly keys: readonly string[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Bindings that lead to something that is not shown. */
  readonly leftOut: number;
}

/** What is asked of the server. */
export interface TopologySource {
  /** Bindings that have this name in them, and perhaps others. */
  bindingsWith(name: string): Promise<readonly Binding[]>;
  /** Where a queue's failed messages go; undefined: they are dropped. */
  deadLetterOf(queue: string): Promise<{ readonly exchange: string; readonly key?: string } | undefined>;
  alternateOf(exchange: string): Promise<string | undefined>;
}

export const nodesMax = 30;
const asksMax = 16;

const idOf = ({ kind, name }: Place): string => `${kind}\n${name}`;

class Explorer {
  readonly nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, { from: string; to: string; kind: GraphEdge['kind']; keys: string[] }>();
  readonly #source: TopologySource;
  #leftOut = 0;
  #asks = 0;

  constructor(source: TopologySource) {
    this.#source = source;
  }

  /** Undefined: there is no room for it. `isNew`: it was not there. */
  add(place: Place, column: number): { node: GraphNode; isNew: boolean } | undefined {
    const id = idOf(place);
    const known = this.nodes.get(id);
    if (known !== undefined) return { node: known, isNew: false };
    if (this.nodes.size >= nodesMax) return undefined;
    const node = { kind: place.kind, name: place.name, id, column };
    this.nodes.set(id, node);
    return { node, isNew: true };
  }

  connect(from: Place, to: Place, kind: GraphEdge['kind'], key?: string): void {
    const edge = { from: idOf(from), to: idOf(to), kind };
    const id = JSON.stringify(edge);
    const known = this.#edges.get(id) ?? { ...edge, keys: [] };
    if (key !== undefined && !known.keys.includes(key)) known.keys.push(key);
    this.#edges.set(id, known);
  }

  async bindingsWith(name: string): Promise<readonly Binding[]> {
    if (++this.#asks > asksMax) return [];
    return this.#source.bindingsWith(name);
  }

  /** Everything that leads to a node, level by level. */
  async climb(start: GraphNode): Promise<void> {
    for (const queue = [start]; queue.length > 0;) {
      const at = queue.shift()!;
      for (const { source, destination, destinationKind, routingKey } of await this.bindingsWith(at.name)) {
        if (destination !== at.name || destinationKind !== at.kind || source === '') continue;
        const from = { kind: 'exchange', name: source } as const;
        const added = this.add(from, at.column - 1);
        if (added === undefined) this.#leftOut++;
        else {
          this.connect(from, at, 'binding', routingKey);
          if (added.isNew) queue.push(added.node);
        }
      }
    }
  }

  /** Everything that an exchange leads to, level by level; with a key, by bindings with that alone. */
  async descend(start: GraphNode): Promise<void> {
    for (const queue = [start]; queue.length > 0;) {
      const at = queue.shift()!;
      for (const { source, destination, destinationKind, routingKey } of await this.bindingsWith(at.name)) {
        if (source !== at.name) continue;
        const to = { kind: destinationKind, name: destination };
        const added = this.add(to, at.column + 1);
        if (added === undefined) this.#leftOut++;
        else {
          this.connect(at, to, 'binding', routingKey);
          if (added.isNew && destinationKind === 'exchange') queue.push(added.node);
        }
      }
      await this.#alternate(at, queue);
    }
  }

  async #alternate(at: GraphNode, queue: GraphNode[]): Promise<void> {
    const alternate = ++this.#asks > asksMax ? undefined : await this.#source.alternateOf(at.name);
    if (alternate === undefined) return;
    const to = { kind: 'exchange', name: alternate } as const;
    const added = this.add(to, at.column + 1);
    if (added === undefined) return;
    this.connect(at, to, 'alternate');
    if (added.isNew) queue.push(added.node);
  }

  /** Where failed messages go. */
  async fail(queue: GraphNode): Promise<void> {
    const letter = await this.#source.deadLetterOf(queue.name);
    if (letter === undefined) return;
    const { exchange, key } = letter;
    // The default exchange leads to the queue that the key names.
    if (exchange === '' && key === undefined) return;
    const to: Place = exchange === '' ? { kind: 'queue', name: key! } : { kind: 'exchange', name: exchange };
    const added = this.add(to, queue.column + 1);
    if (added === undefined) return;
    this.connect(queue, to, 'dead-letter', key);
    if (added.isNew && to.kind === 'exchange') await this.descend(added.node);
  }

  graph(): Graph {
    return { nodes: [...this.nodes.values()], edges: [...this.#edges.values()], leftOut: this.#leftOut };
  }
}

/** Rejects as the source does. */
export async function explore(start: Place, source: TopologySource): Promise<Graph> {
  const explorer = new Explorer(source);
  const { node } = explorer.add(start, 0)!;
  // The way on first: what leads here may fill the picture.
  if (start.kind === 'queue') await explorer.fail(node);
  else await explorer.descend(node);
  await explorer.climb(node);
  return explorer.graph();
}
