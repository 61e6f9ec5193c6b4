/**
 * The runs that are kept, in `DIR/alerts/remedies`, a file each. Invariant: a run is on disk before what it tells of is
 * done, and those that stand are never forgotten; of the others the newest thousand are kept.
 */
import { join } from 'node:path';
import type { Disk } from '../../kernel/index.js';
import { JsonFolder } from '../notify/json-folder.js';
import { outcomeOf, type RemedyOutcome } from './remedy-counts.js';
import { isRun, isStanding, type RemedyRun } from './remedy-run.js';

const endedMax = 1_000;

export class RemedyBook {
  readonly #folder: JsonFolder<RemedyRun>;
  readonly #runs = new Map<string, RemedyRun>();
  readonly #outcomes = new Map<string, Map<RemedyOutcome, number>>();

  private constructor(folder: JsonFolder<RemedyRun>) {
    this.#folder = folder;
  }

  /** Rejects with the system's error. */
  static async open(
    disk: Disk,
    directory: string,
    onProblem: (problem: string) => void,
  ): Promise<RemedyBook> {
    const parent = join(directory, 'alerts');
    await disk.makeDirectory(parent);
    const book = new RemedyBook(new JsonFolder(disk, join(parent, 'remedies'), isRun));
    const kept = await book.#folder.load((path, reason) => {
      onProblem(`a remedy that was applied cannot be read, and was set aside as ${path}: ${reason}`);
    });
    const runs = [...kept.values()].sort((a, b) => a.createdMs - b.createdMs);
    for (const run of runs) book.#runs.set(run.id, run);
    return book;
  }

  /** The newest first. */
  all(): readonly RemedyRun[] {
    return [...this.#runs.values()].reverse();
  }

  get(id: string): RemedyRun | undefined {
    return this.#runs.get(id);
  }

  /** Resolves when it is on disk. Rejects with the system's error: it is then as it was. */
  async put(run: RemedyRun): Promise<void> {
    await this.#folder.put(run.id, run);
    if (this.#runs.get(run.id)?.state.kind !== run.state.kind) this.#count(run);
    this.#runs.set(run.id, run);
    await this.#forgetOldest();
  }

  /** What became of runs since the start, by remedy. */
  get outcomes(): ReadonlyMap<string, ReadonlyMap<RemedyOutcome, number>> {
    return this.#outcomes;
  }

  #count(run: RemedyRun): void {
    const outcome = outcomeOf(run);
    if (outcome === undefined) return;
    const counts = this.#outcomes.get(run.remedy) ?? new Map<RemedyOutcome, number>();
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    this.#outcomes.set(run.remedy, counts);
  }

  async #forgetOldest(): Promise<void> {
    const ended = [...this.#runs.values()].filter((run) => !isStanding(run) && run.state.kind !== 'asked');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - endedMax))) {
      await this.#folder.remove(id);
      this.#runs.delete(id);
    }
  }
}
