/** Makes a queue's order, keys, delays and index anew from its columns. Invariant: called once, after recovery. */
import { EntryState, pageEntries, type Page } from './page.js';
import type { Queue } from './queue.js';
import type { ReadyOrder } from './ready-order.js';

/** Goes through every live page, but those in which nothing but positions counts. */
export function rebuildFromColumns(queue: Queue, order: ReadyOrder): void {
  const { backlog } = queue;
  // What had no time to live when it came has had its chance.
  queue.offeredBelow = backlog.tail;
  queue.keys.rebuildHeldBack();
  for (const { base, page } of backlog.livePages()) {
    if (page.expiry !== undefined) queue.watchesExpiry = true;
    if (page.id !== undefined) rebuildIds(queue, base, page);
    if (order.concerns(page) || page.key !== undefined || page.due !== undefined) placeAll(queue, base, page);
  }
}

function placeAll(queue: Queue, base: number, page: Page): void {
  for (let slot = 0; slot < pageEntries; slot++) {
    const state = page.state(slot);
    if (state === EntryState.gone) continue;
    queue.lines?.enter(page.tenantLow(slot), page.tenantHigh(slot));
    const isKeyed = page.isKeyed(slot);
    const low = isKeyed ? page.key![slot * 2]! : 0;
    const high = isKeyed ? page.key![slot * 2 + 1]! : 0;
    queue.place(base + slot, state, isKeyed, low, high, page.due?.[slot] ?? 0);
  }
}

function rebuildIds(queue: Queue, base: number, page: Page): void {
  for (let slot = 0; slot < pageEntries; slot++) {
    const hash = page.id![slot]!;
    if (hash !== 0 && page.state(slot) !== EntryState.gone) queue.ids?.add(hash, base + slot);
  }
}
