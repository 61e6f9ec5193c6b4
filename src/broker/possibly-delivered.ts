/** What an unclean stop leaves behind: every message that may have been delivered says so from then on. */
import { EntryState, pageEntries } from './page.js';
import { PositionRanges } from './position-ranges.js';
import type { Queue } from './queue.js';

/** Marks what stands below the delivered mark. Returns what did not say so before. */
export function markPossiblyDelivered({ backlog, deliveredMark }: Queue): PositionRanges {
  const marked = new PositionRanges();
  for (const { base, page } of backlog.livePages()) {
    if (base >= deliveredMark) break;
    for (let slot = 0; slot < pageEntries && base + slot < deliveredMark; slot++) {
      if (page.state(slot) === EntryState.gone || page.isRedelivered(slot)) continue;
      page.markRedelivered(slot);
      marked.add(base + slot);
    }
  }
  return marked;
}
