/** What a queue holds and has done, in figures, for every view of it. */
import type { QueueFigures } from './administration-face.js';
import type { Queue } from './queue.js';

/** Written out: spreading two objects costs ten times as much, and a scrape reads ten thousand queues. */
export function figuresOf({ name, backlog, consumers, counters }: Queue): QueueFigures {
  return {
    name,
    ready: backlog.ready,
    unacknowledged: backlog.unacknowledged,
    delayed: backlog.delayed,
    gated: backlog.gated,
    held: backlog.held,
    bytes: backlog.bytes,
    consumers: consumers.count,
    published: counters.published,
    delivered: counters.delivered,
    acknowledged: counters.acknowledged,
    redelivered: counters.redelivered,
    expired: counters.expired,
    deadLettered: counters.deadLettered,
    dropped: counters.dropped,
    deadlinesMissed: counters.deadlinesMissed,
    returnedAgain: counters.returnedAgain,
    deadLettersLost: counters.deadLettersLost,
  };
}
