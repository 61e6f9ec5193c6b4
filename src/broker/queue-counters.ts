/** What a queue counts for reports. */

/** Counts since the queue was declared or the broker started. */
export interface QueueCounters {
  published: number;
  delivered: number;
  acknowledged: number;
  redelivered: number;
  expired: number;
  deadLettered: number;
  dropped: number;
  /** Acknowledged or ended after their deadline, as far as the broker knew that. */
  deadlinesMissed: number;
  /** Deliveries that failed, of messages that had come back twice before. */
  returnedAgain: number;
  /** Dead-lettered, and taken by no queue. */
  deadLettersLost: number;
}

export function newQueueCounters(): QueueCounters {
  return {
    published: 0,
    delivered: 0,
    acknowledged: 0,
    redelivered: 0,
    expired: 0,
    deadLettered: 0,
    dropped: 0,
    deadlinesMissed: 0,
    returnedAgain: 0,
    deadLettersLost: 0,
  };
}

/** Adds what `from` counted to `to`. */
export function addCounters(to: QueueCounters, from: Readonly<QueueCounters>): void {
  for (const name of Object.keys(from) as (keyof QueueCounters)[]) to[name] += from[name];
}
