/** What an engine tells those who govern it: samples of its queues, its users, its replicas. */

/** One queue at one moment. Undefined is unknown: never zero. Counters count since the queue was declared or the engine started. */
export interface QueueSample {
  readonly queue: string;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly ready: number | undefined;
  readonly unacknowledged: number | undefined;
  readonly delayed: number | undefined;
  /** Behind an earlier message of their key, or by a limit on it. */
  readonly gated: number | undefined;
  /** Until records have been written. */
  readonly held: number | undefined;
  /** Body bytes. */
  readonly bytes: number | undefined;
  readonly consumers: number | undefined;
  readonly published: number | undefined;
  readonly delivered: number | undefined;
  readonly acknowledged: number | undefined;
  readonly redelivered: number | undefined;
  readonly expired: number | undefined;
  readonly deadLettered: number | undefined;
  readonly dropped: number | undefined;
}

/** What one identity may do, by patterns over names. */
export interface Grant {
  readonly identity: string;
  readonly virtualHost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

/** One copy of one queue. */
export interface Replica {
  readonly queue: string;
  readonly node: string;
  readonly role: 'leader' | 'follower';
  readonly inSync: boolean | undefined;
}
