/**
 * Orders deliveries that a worker has fetched ahead, for engines whose queues have no order of their own: the same
 * ranks, heaps, gates and shares that order a queue of the broker. Invariant: an item is waiting, or out, or gone; of
 * each key at most one is out.
 */
import { assert } from '../kernel/index.js';
import { KeyGate } from './key-gate.js';
import { KeyHasher, noSecret, type HashSecret } from './key-hash.js';
import { rankOf, type Order, type Rankable } from './order.js';
import { RankHeap } from './rank-heap.js';
import type { TenantRules } from './tenant-line.js';
import { TenantLines } from './tenant-lines.js';

/** What orders an item. */
export interface Orderable extends Rankable {
  readonly key?: string | undefined;
  readonly tenant?: string | undefined;
}

export interface WindowOptions {
  readonly order: Order;
  /** Set: tenants share the window. */
  readonly tenants?: TenantRules | undefined;
  /** What keys and tenants are hashed with: theirs who made `tenants`. */
  readonly secret?: HashSecret | undefined;
}

interface Entry<T> {
  readonly value: T;
  readonly message: Orderable;
  readonly rank: number;
  tenantLow: number;
  tenantHigh: number;
  state: 'ready' | 'gated' | 'out';
}

export class Window<T> {
  readonly #options: WindowOptions;
  readonly #hasher: KeyHasher;
  readonly #entries = new Map<number, Entry<T>>();
  readonly #gate = new KeyGate();
  readonly #heap = new RankHeap((position) => this.#isReady(position));
  readonly #lines: TenantLines | undefined;
  #next = 0;

  constructor(options: WindowOptions) {
    this.#options = options;
    this.#hasher = new KeyHasher(options.secret ?? noSecret);
    const isReady = (position: number): boolean => this.#isReady(position);
    this.#lines = options.tenants === undefined ? undefined : new TenantLines(options.tenants, isReady);
  }

  /** Items that wait or are out. */
  get size(): number {
    return this.#entries.size;
  }

  /** The number that the next item will have. */
  get nextPosition(): number {
    return this.#next;
  }

  /** Adds an item; returns the number that names it, larger than those before. */
  add(value: T, message: Orderable): number {
    const position = this.#next++;
    const rank = rankOf(this.#options.order, message);
    const entry: Entry<T> = { value, message, rank, tenantLow: 0, tenantHigh: 0, state: 'gated' };
    this.#entries.set(position, entry);
    this.#enterTenant(entry);
    if (message.key === undefined || this.#enterKey(message.key, position)) this.#makeReady(position, entry);
    return position;
  }

  /** Takes the item that goes next at `nowMs`, a time of the same clock as theirs; -1: none may go now. */
  take(nowMs: number): number {
    this.#lines?.advance(nowMs);
    const position = this.#lines === undefined ? this.#heap.peek() : this.#lines.first();
    if (position < 0) return -1;
    const entry = this.#entries.get(position)!;
    this.#leaveOrder(position, entry, true);
    return position;
  }

  /** The item of that number, while it waits or is out. */
  valueOf(position: number): T | undefined {
    return this.#entries.get(position)?.value;
  }

  /** An item that is out waits again, at its old place, and keeps its key. */
  giveBack(position: number): void {
    const entry = this.#entries.get(position);
    assert(entry?.state === 'out', 'only an item that is out is given back');
    this.#lines?.release(entry.tenantLow, entry.tenantHigh);
    this.#makeReady(position, entry);
  }

  /** An item is done, or withdrawn: the next of its key may go. False: there was none. */
  remove(position: number): boolean {
    const entry = this.#entries.get(position);
    if (entry === undefined) return false;
    if (entry.state === 'ready') this.#leaveOrder(position, entry, false);
    else if (entry.state === 'out') this.#lines?.release(entry.tenantLow, entry.tenantHigh);
    this.#entries.delete(position);
    this.#lines?.leave(entry.tenantLow, entry.tenantHigh);
    const next = entry.message.key === undefined ? -1 : this.#gate.remove(position);
    const following = this.#entries.get(next);
    if (following !== undefined) this.#makeReady(next, following);
    return true;
  }

  /** When a tenant's rate lets something go on, in ms; Infinity: none holds anything back. */
  get wakeAtMs(): number {
    return this.#lines?.wakeAtMs ?? Infinity;
  }

  #isReady(position: number): boolean {
    return this.#entries.get(position)?.state === 'ready';
  }

  #enterKey(key: string, position: number): boolean {
    this.#hasher.hash(Buffer.from(key));
    return this.#gate.enqueue(this.#hasher.low, this.#hasher.high, position);
  }

  #enterTenant(entry: Entry<T>): void {
    if (this.#lines === undefined) return;
    const { tenant = '' } = entry.message;
    if (tenant !== '') this.#hasher.hash(Buffer.from(tenant));
    this.#lines.identify(tenant === '' ? 0 : this.#hasher.low, tenant === '' ? 0 : this.#hasher.high);
    entry.tenantLow = this.#lines.low;
    entry.tenantHigh = this.#lines.high;
    this.#lines.enter(entry.tenantLow, entry.tenantHigh);
  }

  #makeReady(position: number, entry: Entry<T>): void {
    entry.state = 'ready';
    if (this.#lines === undefined) this.#heap.push(entry.rank, position);
    else this.#lines.add(entry.tenantLow, entry.tenantHigh, entry.rank, position);
  }

  /** A ready item leaves the order: to go out, or for good. */
  #leaveOrder(position: number, entry: Entry<T>, isServed: boolean): void {
    if (this.#lines === undefined) {
      if (this.#heap.peek() === position) this.#heap.pop();
      else this.#heap.noteDead();
      entry.state = 'out';
      return;
    }
    const { tenantLow, tenantHigh } = entry;
    if (isServed) this.#lines.serve(tenantLow, tenantHigh, costOf(entry.message));
    this.#lines.take(tenantLow, tenantHigh, position);
    entry.state = 'out';
    if (isServed) this.#lines.hold(tenantLow, tenantHigh);
  }
}

/** What a message counts as among tenants: its cost where it has one. */
function costOf({ costMs }: Orderable): number {
  return costMs !== undefined && costMs > 0 && costMs < Infinity ? costMs : 1;
}
