/**
 * One page of a queue's messages: 256 entries in columns. Four words stand for every entry; the columns for
 * expiry, rank, due time, key, returns, share and identifier exist only where some entry of the page needs them.
 * Invariant: `live` counts the entries that are not gone, `ready` those that may be delivered in order of position.
 */

import { RequeueKind } from './record-types.js';

/** Entries a page. Small, so that ten thousand short queues stay cheap. */
export const pageEntries = 256;

const wordsPerEntry = 4;
export const wordsPerShare = 3;

/**
 * What an entry is doing. `moving`: being dead-lettered or rerouted; it counts as unacknowledged. `held`: until records
 * have been written; its due time is what it waits for then, 0 for nothing.
 */
export const EntryState = {
  gone: 0,
  ready: 1,
  unacknowledged: 2,
  delayed: 3,
  gated: 4,
  moving: 5,
  held: 6,
} as const;
export type EntryState = (typeof EntryState)[keyof typeof EntryState];

/** Ready, or behind another of its key. */
export function isWaiting(state: EntryState): boolean {
  return state === EntryState.ready || state === EntryState.gated;
}

const stateMask = 0x7;
const redeliveredBit = 0x8;
const transientBit = 0x10;
const keyedBit = 0x20;
const heldBackBit = 0x40;
const prioritySift = 8;
const countShift = 16;

/** The columns as a snapshot writes them. */
export interface PageImage {
  readonly words: Uint32Array;
  readonly expiry: Float64Array | undefined;
  readonly rank: Float64Array | undefined;
  readonly due: Float64Array | undefined;
  readonly key: Uint32Array | undefined;
  readonly returns: Uint16Array | undefined;
  readonly share: Uint32Array | undefined;
  readonly id: Uint32Array | undefined;
}

export class Page implements PageImage {
  words = new Uint32Array(pageEntries * wordsPerEntry);
  expiry: Float64Array | undefined = undefined;
  rank: Float64Array | undefined = undefined;
  due: Float64Array | undefined = undefined;
  key: Uint32Array | undefined = undefined;
  /** How often an entry came back unused: given back, but not as a delivery that failed. */
  returns: Uint16Array | undefined = undefined;
  /** Of queues that tenants share: two words that name the tenant, and the cost in thousandths; 0: not given. */
  share: Uint32Array | undefined = undefined;
  /** Hashes of `message-id`, where the queue is searched by it; 0: none. */
  id: Uint32Array | undefined = undefined;
  /** Deadlines, Unix ms, 0: none; where no rank says them. In no snapshot: after a restart they are unknown. */
  deadline: Float64Array | undefined = undefined;
  live = 0;
  ready = 0;
  /** Called before the first change after a snapshot marked the page; undefined when none is under way. */
  beforeChange: ((page: Page) => void) | undefined = undefined;

  set(slot: number, segment: number, offset: number, size: number, meta: number): void {
    const at = slot * wordsPerEntry;
    this.words[at] = segment;
    this.words[at + 1] = offset;
    this.words[at + 2] = size;
    this.words[at + 3] = meta;
  }

  segment(slot: number): number {
    return this.words[slot * wordsPerEntry]!;
  }

  offset(slot: number): number {
    return this.words[slot * wordsPerEntry + 1]!;
  }

  /** Body bytes. */
  size(slot: number): number {
    return this.words[slot * wordsPerEntry + 2]!;
  }

  state(slot: number): EntryState {
    return (this.words[slot * wordsPerEntry + 3]! & stateMask) as EntryState;
  }

  setState(slot: number, state: EntryState): void {
    const at = slot * wordsPerEntry + 3;
    this.words[at] = (this.words[at]! & ~stateMask) | state;
  }

  isRedelivered(slot: number): boolean {
    return (this.words[slot * wordsPerEntry + 3]! & redeliveredBit) !== 0;
  }

  isTransient(slot: number): boolean {
    return (this.words[slot * wordsPerEntry + 3]! & transientBit) !== 0;
  }

  isKeyed(slot: number): boolean {
    return (this.words[slot * wordsPerEntry + 3]! & keyedBit) !== 0;
  }

  /** Whether a delay was set after it came: by a retry, or by an operator. */
  isHeldBack(slot: number): boolean {
    return (this.words[slot * wordsPerEntry + 3]! & heldBackBit) !== 0;
  }

  /** Sets a delay after the entry came. One that is held until now has no place in its key's line to keep. */
  holdBack(slot: number, untilMs: number): void {
    const at = slot * wordsPerEntry + 3;
    if (this.state(slot) !== EntryState.held) this.words[at] = this.words[at]! | heldBackBit;
    this.setDue(slot, untilMs);
  }

  markRedelivered(slot: number): void {
    const at = slot * wordsPerEntry + 3;
    this.words[at] = this.words[at]! | redeliveredBit;
  }

  priority(slot: number): number {
    return (this.words[slot * wordsPerEntry + 3]! >>> prioritySift) & 0xff;
  }

  /** Deliveries that failed. */
  deliveryCount(slot: number): number {
    return this.words[slot * wordsPerEntry + 3]! >>> countShift;
  }

  addDelivery(slot: number): void {
    const at = slot * wordsPerEntry + 3;
    const count = Math.min((this.words[at]! >>> countShift) + 1, 0xffff);
    this.words[at] = ((this.words[at]! & 0xffff) | (count << countShift)) >>> 0;
  }

  /** Deliveries that ended without a settlement, failed or not. */
  acquiredCount(slot: number): number {
    return this.deliveryCount(slot) + (this.returns?.[slot] ?? 0);
  }

  addReturn(slot: number): void {
    this.returns ??= new Uint16Array(pageEntries);
    this.returns[slot] = Math.min(this.returns[slot]! + 1, 0xffff);
  }

  /** Notes that a delivery came back, and how. */
  noteRequeue(slot: number, kind: RequeueKind): void {
    this.markRedelivered(slot);
    if (kind === RequeueKind.failed) this.addDelivery(slot);
    if (kind === RequeueKind.returned) this.addReturn(slot);
  }

  setExpiry(slot: number, atMs: number): void {
    this.expiry ??= new Float64Array(pageEntries);
    this.expiry[slot] = atMs;
  }

  setRank(slot: number, rank: number): void {
    this.rank ??= new Float64Array(pageEntries);
    this.rank[slot] = rank;
  }

  setDue(slot: number, atMs: number): void {
    this.due ??= new Float64Array(pageEntries);
    this.due[slot] = atMs;
  }

  setId(slot: number, hash: number): void {
    this.id ??= new Uint32Array(pageEntries);
    this.id[slot] = hash;
  }

  setDeadline(slot: number, atMs: number): void {
    this.deadline ??= new Float64Array(pageEntries);
    this.deadline[slot] = atMs;
  }

  setKey(slot: number, low: number, high: number): void {
    this.key ??= new Uint32Array(pageEntries * 2);
    this.key[slot * 2] = low;
    this.key[slot * 2 + 1] = high;
  }

  setShare(slot: number, low: number, high: number, costThousandths: number): void {
    this.share ??= new Uint32Array(pageEntries * wordsPerShare);
    this.share[slot * wordsPerShare] = low;
    this.share[slot * wordsPerShare + 1] = high;
    this.share[slot * wordsPerShare + 2] = costThousandths;
  }

  tenantLow(slot: number): number {
    return this.share?.[slot * wordsPerShare] ?? 0;
  }

  tenantHigh(slot: number): number {
    return this.share?.[slot * wordsPerShare + 1] ?? 0;
  }

  /** What the message counts as among the tenants' shares; 1 unless it said otherwise. */
  cost(slot: number): number {
    const thousandths = this.share?.[slot * wordsPerShare + 2] ?? 0;
    return thousandths === 0 ? 1 : thousandths / 1_000;
  }

  /** Copies of the columns, for a snapshot that has not written the page yet. */
  image(): PageImage {
    return {
      words: this.words.slice(),
      expiry: this.expiry?.slice(),
      rank: this.rank?.slice(),
      due: this.due?.slice(),
      key: this.key?.slice(),
      returns: this.returns?.slice(),
      share: this.share?.slice(),
      id: this.id?.slice(),
    };
  }
}

/** The meta word of a new entry. */
export function entryMeta(
  state: EntryState,
  priority: number,
  isTransient: boolean,
  isKeyed: boolean,
  deliveryCount: number,
  isRedelivered: boolean,
): number {
  return (
    (state |
      (isRedelivered ? redeliveredBit : 0) |
      (isTransient ? transientBit : 0) |
      (isKeyed ? keyedBit : 0) |
      (priority << prioritySift) |
      (deliveryCount << countShift)) >>>
    0
  );
}
