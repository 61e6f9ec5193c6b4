/**
 * When the oldest message of a queue came: from the record that the message lies in, so that it costs nothing as
 * messages go by, and is known after a restart. Invariant: a look is bounded; what it did not find out is NaN.
 */
import type { Journal } from '../../journal/index.js';
import { EntryState, pageEntries, type Page } from '../page.js';
import { readArrivalMs } from '../publish-record.js';
import type { Queue } from '../queue.js';
import type { QueueMeter } from './queue-meter.js';

/** Entries that one look goes over: 0.1 ms. */
const entriesMax = 16_384;

/**
 * The moment since which the oldest message waits or is with a consumer, in Unix ms; Infinity: there is none. Delayed
 * messages, and those that wait for records, are passed over; one that was delayed counts from the end of its delay.
 * Positions are in order of arrival, so the first that was never delayed ends the search.
 */
export function oldestSinceMs(queue: Queue, journal: Journal, meter: QueueMeter): number {
  const { backlog } = queue;
  let least = Infinity;
  let isFirst = true;
  let position = backlog.nextLive(backlog.pendingFrom);
  for (let left = entriesMax; position >= 0 && left > 0; left--) {
    const page = backlog.pageOf(position)!;
    const slot = position % pageEntries;
    if (isPending(page.state(slot))) {
      if (isFirst) backlog.pendingFrom = position;
      isFirst = false;
      const dueMs = page.isHeldBack(slot) ? 0 : (page.due?.[slot] ?? 0);
      if (dueMs === 0) return Math.min(least, arrivalMs(journal, meter, page, position));
      least = Math.min(least, dueMs);
    }
    position = backlog.nextLive(position + 1);
  }
  if (!isFirst) return least;
  backlog.pendingFrom = position < 0 ? backlog.tail : position;
  return position < 0 ? Infinity : NaN;
}

function isPending(state: EntryState): boolean {
  return state === EntryState.ready || state === EntryState.unacknowledged || state === EntryState.gated;
}

/** Read once for a message: about 3 µs where it is no longer in the journal's memory. */
function arrivalMs(journal: Journal, meter: QueueMeter, page: Page, position: number): number {
  if (meter.oldestPosition === position && !Number.isNaN(meter.oldestArrivalMs)) return meter.oldestArrivalMs;
  const slot = position % pageEntries;
  const [segment, offset] = [page.segment(slot), page.offset(slot)];
  const record = journal.peek(segment, offset) ?? journal.readNow(segment, offset);
  meter.oldestPosition = position;
  meter.oldestArrivalMs = record === undefined ? NaN : readArrivalMs(record.buffer, record.start);
  return meter.oldestArrivalMs;
}
