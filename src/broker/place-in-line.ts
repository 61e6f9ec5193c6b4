/** How many ready messages of a queue go before one of them: exact, or from a sample where counting would take long. */
import { EntryState, pageEntries, type Page } from './page.js';
import type { Queue } from './queue.js';

/** Pages of a ranked queue whose entries are compared one by one: under a millisecond. */
const pagesLooked = 128;

export interface PlaceInLine {
  readonly ahead: number;
  readonly isEstimate: boolean;
}

/** `position` is ready. */
export function placeInLine(queue: Queue, position: number): PlaceInLine {
  return queue.isRanked ? placeByRank(queue, position) : placeByPosition(queue, position);
}

/** Pages know how many of theirs are ready. */
function placeByPosition({ backlog }: Queue, position: number): PlaceInLine {
  let ahead = 0;
  for (const { base, page } of backlog.livePages()) {
    if (base + pageEntries > position) {
      for (let slot = 0; base + slot < position; slot++) if (page.state(slot) === EntryState.ready) ahead++;
      break;
    }
    ahead += page.ready;
  }
  return { ahead, isEstimate: false };
}

function placeByRank(queue: Queue, position: number): PlaceInLine {
  const rank = queue.rankAt(position);
  const pages = [...queue.backlog.livePages()];
  const step = Math.ceil(pages.length / pagesLooked);
  let looked = 0;
  let ahead = 0;
  for (let at = 0; at < pages.length; at += step, looked++) {
    const { base, page } = pages[at]!;
    ahead += countBefore(queue, base, page, rank, position);
  }
  const isEstimate = step > 1;
  const most = queue.backlog.ready - 1;
  return {
    ahead: isEstimate ? Math.min(most, Math.round((ahead / looked) * pages.length)) : ahead,
    isEstimate,
  };
}

function countBefore(queue: Queue, base: number, page: Page, rank: number, position: number): number {
  let before = 0;
  for (let slot = 0; slot < pageEntries; slot++) {
    if (page.state(slot) !== EntryState.ready) continue;
    const other = queue.rankAt(base + slot);
    if (other < rank || (other === rank && base + slot < position)) before++;
  }
  return before;
}
