/**
 * Explains why a message waits, with its place among those that are ready. The count walks the queue in slices, so
 * that asking about a long queue stops nobody; what changes meanwhile may be counted or not.
 */
import type { Clock } from '../kernel/index.js';
import { EntryState } from './page.js';
import type { Queue } from './queue.js';
import { goesBefore, waitReasonOf, type WaitReason } from './wait-reason.js';

/** Work between two pauses, milliseconds, and entries between two looks at the clock. */
const sliceMs = 2;
const entriesPerLook = 1_024;

export interface WaitExplanation {
  readonly reason: WaitReason;
  /** Ready messages that go before it, of its own tenant where tenants share the queue; undefined: it is not ready. */
  readonly ahead: number | undefined;
  /** Tenants that take turns with its own; undefined: tenants do not share the queue. */
  readonly tenants: number | undefined;
}

/** Why the message at a position waits. */
export async function explainWait(
  queue: Queue,
  position: number,
  clock: Clock,
  pause: () => Promise<void>,
): Promise<WaitExplanation> {
  const isReady = (): boolean => queue.backlog.stateAt(position) === EntryState.ready;
  const ahead = isReady() ? await countAhead(queue, position, clock, pause, isReady) : undefined;
  return {
    reason: waitReasonOf(queue, position, clock.now()),
    ahead: isReady() ? ahead : undefined,
    tenants: queue.lines?.waiting,
  };
}

async function countAhead(
  queue: Queue,
  position: number,
  clock: Clock,
  pause: () => Promise<void>,
  isReady: () => boolean,
): Promise<number | undefined> {
  const { backlog } = queue;
  // In order of position nothing behind it goes before it.
  const end = queue.isRanked ? backlog.tail : position;
  let untilMs = clock.monotonic() + sliceMs;
  let [seen, ahead] = [0, 0];
  for (let at = backlog.nextLive(0); at >= 0 && at < end; at = backlog.nextLive(at + 1)) {
    if (backlog.stateAt(at) === EntryState.ready && goesBefore(queue, at, position)) ahead++;
    if (++seen % entriesPerLook !== 0 || clock.monotonic() < untilMs) continue;
    await pause();
    if (!isReady()) return undefined;
    untilMs = clock.monotonic() + sliceMs;
  }
  return ahead;
}
