/** What an import did: counts for each kind of item, and each item that was not taken, with the reason. */
import { SluiceError } from '../kernel/index.js';
import type { DefinitionsPiece } from './document.js';

/** What became of one item. */
export type ItemOutcome = 'created' | 'updated' | 'unchanged' | 'unsupported' | 'failed';

/** An item that was not imported, or not wholly. */
export interface ImportProblem {
  readonly kind: DefinitionsPiece['kind'];
  /** Names the item, for example `queue 'orders' in vhost '/'`. */
  readonly item: string;
  readonly outcome: 'unsupported' | 'failed';
  readonly reason: string;
}

export type ImportCounts = Readonly<Record<ItemOutcome, number>>;

/** The sum over a whole document. */
export interface ImportReport {
  readonly counts: Readonly<Partial<Record<DefinitionsPiece['kind'], ImportCounts>>>;
  readonly problems: readonly ImportProblem[];
  /** Problems beyond those that are listed. */
  readonly problemsLeftOut: number;
}

const problemsMax = 10_000;

/** Errors that mean that Sluice does not have the thing, rather than that the item is wrong. */
const unsupportedCodes: ReadonlySet<string> = new Set(['unsupported', 'not-implemented']);

/** Collects outcomes. */
export class ImportTally {
  readonly #counts = new Map<DefinitionsPiece['kind'], Record<ItemOutcome, number>>();
  readonly #problems: ImportProblem[] = [];
  #leftOut = 0;

  count(kind: DefinitionsPiece['kind'], outcome: ItemOutcome): void {
    let counts = this.#counts.get(kind);
    if (counts === undefined) {
      counts = { created: 0, updated: 0, unchanged: 0, unsupported: 0, failed: 0 };
      this.#counts.set(kind, counts);
    }
    counts[outcome] += 1;
  }

  /** Notes a problem with an item that is counted elsewhere. */
  note(problem: ImportProblem): void {
    if (this.#problems.length < problemsMax) this.#problems.push(problem);
    else this.#leftOut += 1;
  }

  /** Counts and notes an item that was not taken. */
  refuse(problem: ImportProblem): void {
    this.count(problem.kind, problem.outcome);
    this.note(problem);
  }

  /** As `refuse`, for an error. What is not a `SluiceError` is a bug and goes on. */
  refuseFor(kind: DefinitionsPiece['kind'], item: string, thrown: unknown): void {
    if (!(thrown instanceof SluiceError)) throw thrown;
    const outcome = unsupportedCodes.has(thrown.code) ? 'unsupported' : 'failed';
    this.refuse({ kind, item, outcome, reason: thrown.message });
  }

  report(): ImportReport {
    return {
      counts: Object.fromEntries(this.#counts),
      problems: [...this.#problems],
      problemsLeftOut: this.#leftOut,
    };
  }
}
