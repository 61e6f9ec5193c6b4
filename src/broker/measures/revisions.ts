/**
 * Tells readers that something stands as it did when they last read it, so that ten thousand queues at rest are not
 * taken in anew each second. Invariant: two readings of the same revision, other than 0, gave the same figures; only what
 * no time alone can change has a revision.
 */
import type { Consumer } from '../consumer.js';
import type { Queue } from '../queue.js';
import type { QueueCounters } from '../queue-counters.js';
import type { MeasuredConsumer } from './face.js';

/** What a queue without messages was like when it got its revision. */
export interface QueueRest {
  revision: number;
  counted: number;
  consumers: number;
  capacity: number;
  isPaused: boolean;
}

/** The same of a consumer that holds nothing. */
export interface ConsumerRest {
  revision: number;
  counted: number;
  prefetch: number;
  isActive: boolean;
}

export class Revisions {
  #last = 0;

  /** Of a queue whose meter was just brought up to date; 0: it is not at rest. */
  ofQueue(queue: Queue, capacity: number): number {
    const { backlog, consumers, isPaused, meter } = queue;
    if (backlog.live !== 0 || meter?.isQuiet === false || Number.isNaN(capacity)) return 0;
    const counted = sumOf(queue.counters);
    const { rest } = queue;
    if (
      rest?.counted === counted &&
      rest.consumers === consumers.count &&
      rest.capacity === capacity &&
      rest.isPaused === isPaused
    )
      return rest.revision;
    const revision = ++this.#last;
    queue.rest = { revision, counted, consumers: consumers.count, capacity, isPaused };
    return revision;
  }

  /** Of a consumer as it was just read; 0: it is not at rest. */
  ofConsumer(consumer: Consumer, { prefetch, isActive }: MeasuredConsumer): number {
    if (consumer.unacknowledged !== 0 || consumer.meter?.isQuiet === false) return 0;
    // Whatever else is counted is of a delivery.
    const counted = consumer.delivered + consumer.acknowledged + consumer.rejected;
    const { rest } = consumer;
    if (rest?.counted === counted && rest.prefetch === prefetch && rest.isActive === isActive)
      return rest.revision;
    const revision = ++this.#last;
    consumer.rest = { revision, counted, prefetch, isActive };
    return revision;
  }
}

/** Counters only grow: one sum tells whether any of them has. */
function sumOf(counters: Readonly<QueueCounters>): number {
  const { published, delivered, acknowledged, redelivered, expired } = counters;
  const { deadLettered, dropped, deadlinesMissed, returnedAgain, deadLettersLost } = counters;
  const ended = expired + deadLettered + dropped + deadlinesMissed + returnedAgain + deadLettersLost;
  return published + delivered + acknowledged + redelivered + ended;
}
