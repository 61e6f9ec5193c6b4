/** The keys of a queue whose first message others wait for: walks the pages in slices, so that nobody waits for it. */
import type { Clock } from '../kernel/index.js';
import { EntryState, pageEntries } from './page.js';
import type { Queue } from './queue.js';

/** Keys that are counted; those met after so many are left out. */
const keysMax = 10_000;
/** Work between two pauses, milliseconds. */
const sliceMs = 2;

export interface BlockedLine {
  /** Position of the first message. */
  readonly head: number;
  /** Messages behind it. */
  readonly waiting: number;
}

/** Up to `count` of them, those with the most waiting first. */
export async function blockedLines(
  queue: Queue,
  count: number,
  clock: Clock,
  pause: () => Promise<void>,
): Promise<BlockedLine[]> {
  const waiting = new Map<number, number>();
  let untilMs = clock.monotonic() + sliceMs;
  if (queue.backlog.gated > 0) {
    for (const { base } of [...queue.backlog.livePages()]) {
      countGated(queue, base, waiting);
      if (clock.monotonic() < untilMs) continue;
      await pause();
      untilMs = clock.monotonic() + sliceMs;
    }
  }
  const lines = [...waiting].map(([head, behind]) => ({ head, waiting: behind }));
  return lines.sort((a, b) => b.waiting - a.waiting || a.head - b.head).slice(0, count);
}

function countGated(queue: Queue, base: number, waiting: Map<number, number>): void {
  // The page may have gone during a pause.
  const page = queue.backlog.pageOf(base);
  if (page?.key === undefined) return;
  for (let slot = 0; slot < pageEntries; slot++) {
    if (page.state(slot) !== EntryState.gated) continue;
    const head = queue.keys.firstOf(page, slot);
    // A first message may itself be held back, by a limit on its key.
    if (head === base + slot) continue;
    const known = waiting.get(head);
    if (known !== undefined || waiting.size < keysMax) waiting.set(head, (known ?? 0) + 1);
  }
}
