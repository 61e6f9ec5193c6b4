/** What an engine tells those who govern it: samples of its queues, its users, its replicas. */
import type { LatencyFigures } from '../kernel/index.js';

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
  /** Ended after their deadline. */
  readonly deadlinesMissed?: number | undefined;
  /** Deliveries that failed, of messages that had come back twice before. */
  readonly returnedAgain?: number | undefined;
  /** Dead-lettered, and taken by no queue. */
  readonly deadLettersLost?: number | undefined;
  /** An operator holds deliveries back. */
  readonly paused?: boolean | undefined;
  /** How long the oldest message that waits or is with a consumer has been there; 0: there is none. */
  readonly oldestAgeMs?: number | undefined;
  /** The least time that a ready message has left before it has to start; negative: it is late. */
  readonly leastLaxityMs?: number | undefined;
  /** Share of the last second in which no message waited for want of a consumer that could take it. */
  readonly consumerCapacity?: number | undefined;
  /** From arrival to the first delivery. */
  readonly wait?: LatencyFigures | undefined;
  /** From delivery to acknowledgement. */
  readonly processing?: LatencyFigures | undefined;
  /** From arrival to acknowledgement, over all deliveries. */
  readonly endToEnd?: LatencyFigures | undefined;
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
