/** What a migration did, or would do, in counts. Invariant: each job that was found is counted in exactly one column. */
import type { JobRetry, JobState, LeftState } from './source.js';

export type ReportState = JobState | LeftState | 'repeatable';

/** Jobs of one queue in one state. */
export interface ReportRow {
  readonly queue: string;
  readonly state: ReportState;
  found: number;
  brought: number;
  alreadyThere: number;
  notBrought: number;
}

/** Why jobs were not brought. */
export interface ReportReason {
  readonly queue: string;
  readonly state: ReportState;
  readonly reason: string;
  count: number;
}

/** A task that jobs became. */
export interface ReportTask {
  readonly task: string;
  readonly queue: string;
  /** Its queue was made for it, as a task without options has it. */
  isNewQueue: boolean;
  jobs: number;
  /** How the first of them was to be retried, where any was. */
  retry: JobRetry | undefined;
  /** Jobs whose priority has become the same as another. */
  mergedPriorities: number;
}

export interface Report {
  readonly rows: readonly ReportRow[];
  readonly reasons: readonly ReportReason[];
  readonly tasks: readonly ReportTask[];
  /** Queues whose jobs changed while they were read. */
  readonly changed: readonly string[];
}

export class ReportBuilder implements Report {
  readonly rows: ReportRow[] = [];
  readonly changed: string[] = [];
  readonly #reasons = new Map<string, ReportReason>();
  readonly #tasks = new Map<string, ReportTask>();

  get reasons(): readonly ReportReason[] {
    return [...this.#reasons.values()];
  }

  get tasks(): readonly ReportTask[] {
    return [...this.#tasks.values()];
  }

  row(queue: string, state: ReportState): ReportRow {
    const row = { queue, state, found: 0, brought: 0, alreadyThere: 0, notBrought: 0 };
    this.rows.push(row);
    return row;
  }

  left(row: ReportRow, reason: string, count = 1): void {
    row.notBrought += count;
    const { queue, state } = row;
    const key = JSON.stringify([queue, state, reason]);
    const known = this.#reasons.get(key);
    if (known === undefined) this.#reasons.set(key, { queue, state, reason, count });
    else known.count += count;
  }

  task(task: string, queue: string): ReportTask {
    let known = this.#tasks.get(task);
    if (known === undefined) {
      known = { task, queue, isNewQueue: false, jobs: 0, retry: undefined, mergedPriorities: 0 };
      this.#tasks.set(task, known);
    }
    return known;
  }
}
