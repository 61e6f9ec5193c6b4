/**
 * Why one message of a queue has not been delivered yet: the first gate that holds it, in the order in which the
 * dispatcher meets them, or its place in the order. Looks, and changes nothing.
 */
import { EntryState, pageEntries, type Page } from './page.js';
import type { Queue } from './queue.js';

/** Times are Unix ms. */
export type WaitReason =
  /** There is no such message: it was never there, or it has gone. */
  | { readonly kind: 'absent' }
  /** A consumer has it. */
  | { readonly kind: 'unacknowledged' }
  /** It is on its way to another queue, or cannot be read. */
  | { readonly kind: 'moving' }
  | { readonly kind: 'delay'; readonly untilMs: number }
  /** So many records have still to be written. */
  | { readonly kind: 'records'; readonly missing: number }
  /** The message at `position` is the first of its key. */
  | { readonly kind: 'key-busy'; readonly position: number }
  | { readonly kind: 'key-rate'; readonly untilMs: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'no-consumer' }
  | { readonly kind: 'queue-concurrency'; readonly held: number; readonly max: number }
  | { readonly kind: 'queue-rate'; readonly untilMs: number }
  | { readonly kind: 'tenant-concurrency'; readonly held: number; readonly max: number }
  | { readonly kind: 'tenant-rate'; readonly untilMs: number }
  /** Every consumer has as many as it may have. */
  | { readonly kind: 'no-credit' }
  /** Nothing holds it back but those that go before it. */
  | { readonly kind: 'order' };

/** The gate that holds the message at a position at `nowMs`. */
export function waitReasonOf(queue: Queue, position: number, nowMs: number): WaitReason {
  const page = queue.backlog.pageOf(position);
  const slot = position % pageEntries;
  switch (page?.state(slot)) {
    case undefined:
    case EntryState.gone:
      return { kind: 'absent' };
    case EntryState.unacknowledged:
      return { kind: 'unacknowledged' };
    case EntryState.moving:
      return { kind: 'moving' };
    case EntryState.delayed:
      return { kind: 'delay', untilMs: page.due?.[slot] ?? nowMs };
    case EntryState.held:
      return { kind: 'records', missing: queue.held.get(position)?.missing ?? 0 };
    case EntryState.gated:
      return keyReason(queue, position, page, slot, nowMs);
    case EntryState.ready:
      return queueReason(queue, nowMs) ?? tenantReason(queue, page, slot, nowMs) ?? consumerReason(queue);
  }
}

function keyReason(queue: Queue, position: number, page: Page, slot: number, nowMs: number): WaitReason {
  const first = queue.keys.firstOf(page, slot);
  if (first >= 0 && first !== position) return { kind: 'key-busy', position: first };
  return { kind: 'key-rate', untilMs: Math.max(nowMs, queue.pace.limits?.keyAllowedMs(page, slot) ?? nowMs) };
}

function queueReason(queue: Queue, nowMs: number): WaitReason | undefined {
  if (queue.isPaused) return { kind: 'paused' };
  if (queue.consumers.count === 0) return { kind: 'no-consumer' };
  const hold = queue.pace.limits?.holdAt(nowMs);
  return hold === undefined || hold.kind === 'none' ? undefined : hold;
}

function tenantReason(queue: Queue, page: Page, slot: number, nowMs: number): WaitReason | undefined {
  const hold = queue.lines?.holdOf(page.tenantLow(slot), page.tenantHigh(slot));
  switch (hold?.kind) {
    case undefined:
    case 'none':
      return undefined;
    case 'concurrency':
      return { kind: 'tenant-concurrency', held: hold.held, max: hold.max };
    case 'rate':
      return hold.untilMs <= nowMs ? undefined : { kind: 'tenant-rate', untilMs: hold.untilMs };
  }
}

function consumerReason(queue: Queue): WaitReason {
  return { kind: queue.consumers.hasCredit ? 'order' : 'no-credit' };
}

/** Whether the ready message at `other` goes before the one at `position`, within its tenant where tenants share. */
export function goesBefore(queue: Queue, other: number, position: number): boolean {
  if (queue.lines !== undefined && !isSameTenant(queue, other, position)) return false;
  const [left, right] = [queue.rankAt(other), queue.rankAt(position)];
  return left < right || (left === right && other < position);
}

function isSameTenant(queue: Queue, left: number, right: number): boolean {
  const [one, two] = [queue.backlog.pageOf(left)!, queue.backlog.pageOf(right)!];
  const [slot, otherSlot] = [left % pageEntries, right % pageEntries];
  return (
    one.tenantLow(slot) === two.tenantLow(otherSlot) && one.tenantHigh(slot) === two.tenantHigh(otherSlot)
  );
}
