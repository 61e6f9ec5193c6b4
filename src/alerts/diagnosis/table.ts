/**
 * The objects of one kind that diagnosis remembers, in blocks, found by their labels or by the order in which they are
 * told. Invariant: an object keeps its row until it is closed; groups hold those that have a row, in the order they came.
 */
import type { Sample, Series } from '../../monitor/index.js';
import { Block, blockRows, type ColumnPlan } from './block.js';
import type { Grouping } from './grouping.js';
import { isSame, keyOf } from './key.js';
import { Recent } from './recent.js';
import { stepsKept } from './steps.js';

export class Table {
  readonly kind: string;
  readonly labels: readonly string[];
  readonly plan: readonly ColumnPlan[];
  readonly columns: ReadonlyMap<string, number>;
  readonly units: ReadonlyMap<string, Series['unit']>;
  readonly objects = new Map<string, Recent>();
  readonly blocks: Block[] = [];
  firstStep = -1;
  readonly #rows: (Recent | undefined)[][] = [];
  readonly #free: { readonly block: number; readonly row: number }[] = [];
  readonly #groupings: Grouping[] = [];
  /** What was told in the last step, in that order; and what is told in this one. */
  #order: Recent[] = [];
  #told: Recent[] = [];
  #at = -1;

  constructor(
    kind: string,
    labels: readonly string[],
    plan: readonly ColumnPlan[],
    units: ReadonlyMap<string, Series['unit']>,
  ) {
    this.kind = kind;
    this.labels = labels;
    this.plan = plan;
    this.units = units;
    this.columns = new Map(plan.map(({ series }, column) => [series, column]));
  }

  /** Takes in the figures of one object. */
  take({ labels, figures }: Sample, step: number): void {
    const recent = this.#find(labels) ?? this.#open(labels, step);
    recent.arrival = this.#told.length;
    this.#told.push(recent);
    recent.block.take(recent.row, step, figures);
  }

  /** Mostly it is the one that came next in the last step: to make a key of its labels takes ten times as long. */
  #find(labels: readonly string[]): Recent | undefined {
    const next = this.#order[this.#at + 1];
    if (next !== undefined && isSame(next.labels, labels)) {
      this.#at++;
      return next;
    }
    const found = this.objects.get(keyOf(labels));
    // One that has been told in this step already has its place in another order.
    if (found !== undefined && this.#order[found.arrival] === found) this.#at = found.arrival;
    return found;
  }

  #open(labels: readonly string[], step: number): Recent {
    if (this.firstStep < 0) this.firstStep = step;
    const { block, row } = this.#free.pop() ?? this.#grow();
    const own = [...labels];
    const named = Object.fromEntries(this.labels.map((label, at) => [label, own[at] ?? '']));
    const recent = new Recent({ kind: this.kind, labels: named }, own, this.blocks[block]!, row);
    recent.block.open(row, step);
    this.#rows[block]![row] = recent;
    this.objects.set(keyOf(own), recent);
    for (const grouping of this.#groupings) grouping.join(recent);
    return recent;
  }

  #grow(): { readonly block: number; readonly row: number } {
    const block = this.blocks.push(new Block(this.plan)) - 1;
    this.#rows.push([]);
    for (let row = blockRows - 1; row > 0; row--) this.#free.push({ block, row });
    return { block, row: 0 };
  }

  /** After the last of a step: objects that were not told. One that was not for two minutes is forgotten. */
  end(step: number): void {
    [this.#order, this.#told] = [this.#told, this.#order];
    this.#told.length = 0;
    this.#at = -1;
    for (const [number, block] of this.blocks.entries())
      for (let row = 0; row < blockRows; row++) {
        if (block.isUsed[row] === 0 || block.lastStep[row] === step) continue;
        block.miss(row, step);
        if (step - block.lastStep[row]! > stepsKept) this.#close(number, row);
      }
  }

  #close(block: number, row: number): void {
    const recent = this.#rows[block]![row]!;
    for (const grouping of this.#groupings) grouping.leave(recent);
    this.#rows[block]![row] = undefined;
    this.objects.delete(keyOf(recent.labels));
    this.blocks[block]!.close(row);
    this.#free.push({ block, row });
  }

  /** The object of a row that is used. */
  inRow(block: number, row: number): Recent {
    return this.#rows[block]![row]!;
  }

  /** Keeps a grouping of its objects from now on. */
  keep(grouping: Grouping): void {
    for (const recent of this.objects.values()) grouping.join(recent);
    this.#groupings.push(grouping);
  }
}
