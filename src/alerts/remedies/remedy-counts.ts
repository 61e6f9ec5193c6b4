/** Remedies in figures. */
import {
  remedyKind,
  remedyStateKind,
  SampleFrame,
  type Sample,
  type SampleSource,
} from '../../monitor/index.js';
import type { RemedyBook } from './remedy-book.js';
import { isUnderWay, type RemedyRun } from './remedy-run.js';

/** What became of runs; in the order of the catalogue's documentation. */
export const remedyOutcomes = ['applied', 'proven', 'in-vain', 'undone', 'failed', 'refused'] as const;
export type RemedyOutcome = (typeof remedyOutcomes)[number];

export interface RemedyCounts {
  /** Since the start, by remedy and outcome. */
  readonly outcomes: ReadonlyMap<string, ReadonlyMap<RemedyOutcome, number>>;
  /** Applied, checked or undone now. */
  readonly underWay: number;
  /** Wait for a person's word. */
  readonly asked: number;
}

/** What a run has just become, where that is counted. */
export function outcomeOf({ state }: RemedyRun): RemedyOutcome | undefined {
  switch (state.kind) {
    case 'applied':
    case 'in-vain':
    case 'undone':
    case 'failed':
    case 'refused':
      return state.kind;
    case 'done':
      return state.proven ? 'proven' : undefined;
    case 'asked':
    case 'applying':
    case 'undoing':
      return undefined;
  }
}

export function countRuns(book: RemedyBook): RemedyCounts {
  let [underWay, asked] = [0, 0];
  for (const run of book.all()) {
    if (isUnderWay(run)) underWay++;
    if (run.state.kind === 'asked') asked++;
  }
  return { outcomes: book.outcomes, underWay, asked };
}

/** Remedies as a source of samples. */
export class RemedySource implements SampleSource {
  readonly name = 'remedies';
  readonly #counts: () => RemedyCounts;
  readonly #outcomes = new SampleFrame(remedyKind);
  readonly #states = new SampleFrame(remedyStateKind);

  constructor(counts: () => RemedyCounts) {
    this.#counts = counts;
  }

  *observe(): Generator<Sample, void, undefined> {
    const { outcomes, underWay, asked } = this.#counts();
    for (const [remedy, counts] of outcomes)
      for (const [outcome, count] of counts) {
        this.#outcomes.figures[0] = count;
        yield { kind: remedyKind.name, labels: [remedy, outcome], figures: this.#outcomes.figures };
      }
    for (const [state, count] of [['running', underWay] as const, ['awaiting-approval', asked] as const]) {
      this.#states.figures[0] = count;
      yield { kind: remedyStateKind.name, labels: [state], figures: this.#states.figures };
    }
  }
}
