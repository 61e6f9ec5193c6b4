/**
 * Where jobs come from: the port that each foreign queue system fulfils. Invariant: a source is only read; what it
 * gives for one job is the same each time it is asked, so that a migration can be run again.
 */
import type { KeptSchedule } from '../tasks/index.js';

/** What a job was doing there. */
export type JobState = 'active' | 'waiting' | 'prioritized' | 'delayed' | 'failed';

/** The states whose jobs are counted and never brought. */
export type LeftState = 'waiting-children';

/** What went wrong with a job that failed for good. */
export interface JobFailure {
  readonly reason: string;
  readonly name: string;
  readonly stack: string | undefined;
}

/** How a job was to be retried there, for the declaration that its task needs here. */
export interface JobRetry {
  readonly attempts: number;
  readonly backoff: 'fixed' | 'exponential' | undefined;
  readonly delayMs: number | undefined;
}

/** One job that can be brought. */
export interface SourceJob {
  readonly kind: 'job';
  readonly id: string;
  readonly name: string;
  /** JSON. */
  readonly body: Buffer;
  /** Unix ms of its enqueue there. */
  readonly enqueuedMs: number;
  /** Not before it, Unix ms; 0: at once. */
  readonly dueMs: number;
  /** On Sluice's scale. */
  readonly priority: number;
  /** Whether other priorities of the source have become the same. */
  readonly isPriorityMerged: boolean;
  readonly attemptsMade: number;
  readonly failure: JobFailure | undefined;
  readonly retry: JobRetry | undefined;
}

/** One that is there and cannot be brought. */
export interface LeftJob {
  readonly kind: 'left';
  readonly id: string;
  readonly reason: string;
}

/** A job that a schedule of the source has made ahead of its time: the schedule is brought in its place. */
export interface ScheduledAhead {
  readonly kind: 'ahead';
  readonly schedule: string;
  readonly name: string;
  readonly body: Buffer;
}

export type SourceItem = SourceJob | LeftJob | ScheduledAhead;

/** A repeatable job. */
export interface SourceSchedule {
  readonly kind: 'schedule';
  readonly id: string;
  readonly name: string;
  readonly schedule: KeptSchedule;
}

/** How many of each state a queue has. */
export type StateCounts = Readonly<Record<JobState | LeftState | 'repeatable', number>>;

/** What a queue is doing, which decides whether it may be read. */
export interface QueueActivity {
  readonly counts: StateCounts;
  readonly isPaused: boolean;
  /** Connected workers; undefined where the server does not tell. */
  readonly workers: number | undefined;
}

/** A queue of the source. */
export interface SourceQueue {
  readonly name: string;
  activity(): Promise<QueueActivity>;
  /** Lets its workers take nothing more. */
  pause(): Promise<void>;
  /** The jobs of a state in the order in which they would have run, in pages of at most 1,000. */
  jobs(state: JobState): AsyncIterable<readonly SourceItem[]>;
  /** `ahead`: what `jobs` gave for schedules, by their id. */
  schedules(ahead: ReadonlyMap<string, ScheduledAhead>): Promise<readonly (SourceSchedule | LeftJob)[]>;
}

export interface JobSource {
  /** The kind of system, as in names of tasks. */
  readonly system: string;
  /** What tells this source from others of its system, in the identity of its jobs. */
  readonly scope: string;
  /** All queues, or the named ones. Rejects with `not-found` for one that is not there. */
  queues(names: readonly string[]): Promise<readonly SourceQueue[]>;
  close(): Promise<void>;
}
