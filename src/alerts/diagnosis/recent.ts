/** One object that diagnosis remembers: who it is, and its row in a block. Invariant: the row is its own until it is closed. */
import type { Subject } from '../types.js';
import type { Block } from './block.js';
import type { CoarseColumn } from './slow-columns.js';

export class Recent {
  readonly subject: Subject;
  readonly labels: readonly string[];
  readonly block: Block;
  readonly row: number;
  /** Its place among what was measured last; -1: it was not. */
  arrival = -1;
  /** What it is grouped by, as keys, by the number of the grouping. */
  readonly groupKeys: string[] = [];

  constructor(subject: Subject, labels: readonly string[], block: Block, row: number) {
    this.subject = subject;
    this.labels = labels;
    this.block = block;
    this.row = row;
  }

  get firstStep(): number {
    return this.block.firstStep[this.row]!;
  }

  get lastStep(): number {
    return this.block.lastStep[this.row]!;
  }

  /** Nothing becomes usual until this step. */
  freeze(untilStep: number): void {
    this.block.frozenUntilStep[this.row] = untilStep;
  }

  /** The value of a column so many steps before `step`; NaN: unknown. */
  at(column: number, step: number, back: number): number {
    return this.block.at(this.row, column, step, back);
  }

  usual(column: number): number {
    return this.block.usual(this.row, column);
  }

  usualSpread(column: number): number {
    return this.block.usualSpread(this.row, column);
  }

  highest(column: number): number {
    return this.block.highest(this.row, column);
  }

  usualAtHour(column: number, step: number): number {
    return this.block.usualAtHour(this.row, column, step);
  }

  stillSeconds(column: number, step: number): number {
    return this.block.stillSeconds(this.row, column, step);
  }

  longestStillSeconds(column: number): number {
    return this.block.longestStillSeconds(this.row, column);
  }

  coarse(column: number): CoarseColumn | undefined {
    return this.block.coarse(this.row, column);
  }
}
