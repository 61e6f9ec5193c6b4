/** What one durable message adds to the hash of its queue: itself, what it is held
 * for, and the delay that it was given after it came. */
import { EntryState, type Page } from './page.js';
import type { Queue } from './queue.js';

/** Counts an entry in (`sign` 1) or out (-1); one that does not outlive the process counts nothing. */
export function countEntry(queue: Queue, sign: 1 | -1, position: number, page: Page, slot: number): void {
  if (!queue.isJournaled || page.state(slot) === EntryState.gone || page.isTransient(slot)) return;
  queue.hash.message(sign, queue.id, position, page.size(slot));
  if (page.state(slot) === EntryState.held) queue.hash.hold(sign, queue.id, position);
  if (page.isHeldBack(slot)) queue.hash.delay(sign, queue.id, position, page.due![slot]!);
}
