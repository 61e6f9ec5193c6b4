/**
 * Empties a queue of what waits in it; what is unacknowledged, on its way elsewhere or delayed stays. Invariant:
 * exactly what waited at the call goes, and the time it takes follows the pages rather than the messages.
 */
import type { BrokerCore } from './core.js';
import type { Party } from './custody/party.js';
import { countEntry } from './entry-hash.js';
import { EntryState, pageEntries, type Page } from './page.js';
import { PositionRanges } from './position-ranges.js';
import type { Queue } from './queue.js';
import { SettleReason } from './record-types.js';
import type { BrokerState } from './state.js';

/** Returns how many messages went. `party`: who asked for it. */
export function purge(
  core: Pick<BrokerCore, 'recorder' | 'state' | 'reaper'>,
  queue: Queue,
  party?: Party,
): number {
  const count = queue.backlog.waiting;
  if (count === 0) return 0;
  const positions = new PositionRanges();
  const bases = settleMixedPages(core.state, queue, positions);
  core.recorder.settleRanges(queue, positions, SettleReason.purged, party);
  if (bases.length === 0) return count;
  releaseLargeBodies(queue);
  const pages = detach(queue, bases);
  queue.forgetWaiting();
  core.reaper.add(releasePages(queue, bases, pages));
  return count;
}

/**
 * Settles what waits in pages that must stay, one by one, and gives the first positions of those that can go as a
 * whole. All of them are noted as positions; those of entries that were gone before mean nothing.
 */
function settleMixedPages(state: BrokerState, queue: Queue, positions: PositionRanges): number[] {
  const { backlog } = queue;
  const bases: number[] = [];
  const onlyWaiting = backlog.live === backlog.waiting;
  for (const { base, page } of [...backlog.livePages()]) {
    if (base + pageEntries <= backlog.tail && (onlyWaiting || hasOnlyWaiting(page))) {
      bases.push(base);
      positions.addRange(base, pageEntries);
      continue;
    }
    for (let slot = 0; slot < pageEntries; slot++) {
      if (!isWaiting(page.state(slot))) continue;
      positions.add(base + slot);
      state.applySettle(queue, base + slot);
    }
  }
  return bases;
}

function isWaiting(state: EntryState): boolean {
  return state === EntryState.ready || state === EntryState.gated;
}

function hasOnlyWaiting(page: Page): boolean {
  // True of most pages, and known without looking.
  if (page.ready === page.live) return true;
  for (let slot = 0; slot < pageEntries; slot++) {
    const state = page.state(slot);
    if (state !== EntryState.gone && !isWaiting(state)) return false;
  }
  return true;
}

function releaseLargeBodies(queue: Queue): void {
  for (const position of [...queue.largeBodies.keys()])
    if (isWaiting(queue.backlog.stateAt(position))) queue.releaseLargeBody(position);
}

/** Takes the pages out, and their durable messages out of the queue's hash, by whichever way is shorter. */
function detach(queue: Queue, bases: readonly number[]): Page[] {
  const { backlog, hash } = queue;
  const rest = backlog.live - backlog.waiting;
  const isRestLonger = rest > backlog.waiting;
  const pages = backlog.detach(bases);
  if (!queue.isJournaled) return pages;
  if (isRestLonger) {
    pages.forEach((page, index) => {
      countPage(queue, bases[index]!, page, -1);
    });
    return pages;
  }
  hash.clear();
  for (const { base, page } of backlog.livePages()) countPage(queue, base, page, 1);
  return pages;
}

function countPage(queue: Queue, base: number, page: Page, sign: 1 | -1): void {
  for (let slot = 0; slot < pageEntries; slot++) {
    countEntry(queue, sign, base + slot, page, slot);
  }
}

function* releasePages(
  { backlog, ids }: Queue,
  bases: readonly number[],
  pages: readonly Page[],
): Generator<undefined> {
  for (const [index, page] of pages.entries()) {
    backlog.releasePage(page);
    // Until then the index names positions without a message, which nobody finds.
    if (page.id !== undefined)
      for (let slot = 0; slot < pageEntries; slot++) ids?.remove(bases[index]! + slot);
    yield undefined;
  }
}
