/** What a queue holds and has done, in figures, for every view of it. */
import type { QueueFigures } from './administration-face.js';
import type { Queue } from './queue.js';

export function figuresOf({ name, backlog, consumers, counters }: Queue): QueueFigures {
  const { ready, unacknowledged, delayed, gated, held, bytes } = backlog;
  return {
    name,
    ready,
    unacknowledged,
    delayed,
    gated,
    held,
    bytes,
    consumers: consumers.count,
    ...counters,
  };
}
