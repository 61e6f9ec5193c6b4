/** What a redrive is asked to do, and how it is told how it went. Times are Unix ms. */
import type { LetterEdit } from './redriven-message.js';

export interface RedriveRequest {
  readonly vhost: string;
  /** The queue of dead letters. */
  readonly queue: string;
  /** Only letters of this fingerprint. */
  readonly group?: string | undefined;
  /** Only letters at these positions. */
  readonly positions?: readonly number[] | undefined;
  /** Only letters that failed in this queue. */
  readonly failedIn?: string | undefined;
  /** Only letters whose reason, error or its message has this text. */
  readonly reason?: string | undefined;
  /** Only letters with this identifier. */
  readonly messageId?: string | undefined;
  /** No more than so many, the first; left out: all that are meant. */
  readonly count?: number | undefined;
  /** The queue that they go to; left out: each to the one that it was in first. */
  readonly to?: string | undefined;
  /** Of one letter alone. */
  readonly edit?: LetterEdit | undefined;
  readonly ratePerSecond?: number | undefined;
  /** Skips copies of a message that was redriven already. */
  readonly guard: boolean;
}

/** Whether how many letters are meant is known by looking at each alone. */
export function isFiltered({ group, failedIn, reason, messageId, count }: RedriveRequest): boolean {
  return [group, failedIn, reason, messageId, count].some((each) => each !== undefined);
}

/** What stands against, or speaks of, a queue that letters go to. */
export type Objection =
  'missing' | 'same-queue' | 'not-durable' | 'paused' | 'no-consumer' | 'full' | 'drops-oldest';

/** Those that keep letters from going there at all. */
export const forbidding: ReadonlySet<Objection> = new Set<Objection>([
  'missing',
  'same-queue',
  'not-durable',
]);

export interface PlannedTarget {
  readonly queue: string;
  readonly count: number;
  readonly against: readonly Objection[];
}

/** What a redrive would do. */
export interface RedrivePlan {
  /** Letters that are meant, of those that were looked at. */
  readonly matched: number;
  /** Letters that would go. */
  readonly sendable: number;
  readonly bytes: number;
  readonly targets: readonly PlannedTarget[];
  /** Letters that tell of no queue that they came from. */
  readonly homeless: number;
  /** Copies that the guard would skip. */
  readonly duplicates: number;
  /** Letters without an identifier: copies of them cannot be told apart. */
  readonly unnamed: number;
  /** Letters that were redriven before and have failed again. */
  readonly failedAgain: number;
  readonly seen: number;
  /** Letters that were not looked at. */
  readonly unseen: number;
}

/** `stopped`: by the end of the server, or by something that is said in `problem`. */
export type RedriveState = 'running' | 'done' | 'cancelled' | 'stopped';

/** One redrive, as it is now or as it ended. */
export interface RedriveJob {
  readonly id: string;
  readonly vhost: string;
  readonly queue: string;
  readonly state: RedriveState;
  /** Who asked for it. */
  readonly by: string;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly group?: string;
  /** How many letters were named one by one; left out: none were. */
  readonly named?: number;
  readonly to?: string;
  readonly ratePerSecond?: number;
  readonly guard: boolean;
  readonly isEdited: boolean;
  /** Letters that are meant; left out: not counted yet, or too many to count. */
  readonly total?: number;
  /** Letters that were looked at; left out by a release that did not count them. */
  readonly seen?: number;
  readonly sent: number;
  /** Sent, by queue. */
  readonly targets: Readonly<Record<string, number>>;
  /** Skipped: copies of what was redriven already. */
  readonly duplicates: number;
  /** Skipped: no queue to go to. */
  readonly homeless: number;
  /** Skipped: somebody had it, or it was gone. */
  readonly missed: number;
  readonly problem?: string;
}
