/**
 * Steps that are whole or not at all: publishes, settlements and changes of records in one. It outlives a crash to tell
 * which of them stand. Invariant: what belongs to one step is either all owed or all undone.
 */
import type { Copy } from './ledger.js';
import type { How } from './transaction-model.js';

export interface Step {
  /** The last sequence that belongs to it. */
  readonly until: number;
  readonly published: readonly Copy[];
  readonly settled: readonly { readonly copy: Copy; readonly how: How }[];
}

export class StepBook {
  #steps: Step[] = [];

  add(step: Step): void {
    this.#steps.push(step);
  }

  /** The broker has begun again with what the journal held up to `lastSequence`. */
  recovered(lastSequence: number): void {
    for (const step of this.#steps) {
      if (step.until <= lastSequence) stand(step);
      else undo(step);
    }
    this.#steps = [];
  }
}

function stand({ published, settled }: Step): void {
  for (const copy of published) copy.isConfirmed = true;
  for (const { copy, how } of settled) if (how === 'acknowledge') copy.settlement = 'durable';
}

function undo({ published, settled }: Step): void {
  for (const copy of published) copy.isRefused = true;
  for (const { copy } of settled) {
    copy.isAcknowledged = copy.isRejected = false;
    copy.settlement = 'none';
  }
}
