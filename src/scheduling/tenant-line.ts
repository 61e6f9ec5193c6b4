/** What is known of one tenant of a queue, and what it is entitled to. */
import { ConstantBandwidthServer, type Bandwidth } from './constant-bandwidth-server.js';
import { Turn } from './fair-share.js';
import { RankHeap } from './rank-heap.js';
import { unusedRate, type RateLimit } from './rate-limit.js';

/** A tenant's own terms. */
export interface TenantTerms {
  readonly weight: number;
  /** Set: it goes before those without one, under a server of this bandwidth. */
  readonly bandwidth: Bandwidth | undefined;
}

/** What a queue grants its tenants. */
export interface TenantRules {
  /** The terms of a tenant named in the queue's arguments; undefined: those of all others. */
  readonly termsOf: (low: number, high: number) => TenantTerms | undefined;
  readonly others: TenantTerms;
  readonly rate: RateLimit | undefined;
  /** Unacknowledged deliveries of one tenant at most. */
  readonly concurrencyMax: number;
}

export class TenantLine extends Turn {
  /** Words of the hash of its name. */
  readonly low: number;
  readonly high: number;
  /** Names it in the table. */
  readonly record: number;
  readonly server: ConstantBandwidthServer | undefined;
  /** Its messages that may be delivered. */
  readonly ready: RankHeap;
  /** Its messages in the queue, whatever they wait for. */
  live = 0;
  /** Its messages that are with consumers. */
  held = 0;
  /** The state of its rate limit. */
  rateState = unusedRate;
  /** Its rate limit holds it back until then; -Infinity: it does not. */
  pacedUntilMs = -Infinity;

  constructor(
    low: number,
    high: number,
    record: number,
    terms: TenantTerms,
    isReady: (position: number) => boolean,
  ) {
    super(terms.weight);
    this.low = low;
    this.high = high;
    this.record = record;
    this.server = terms.bandwidth === undefined ? undefined : new ConstantBandwidthServer(terms.bandwidth);
    this.ready = new RankHeap(isReady);
  }

  /** Whether something of it outlasts its last message: a limit in part used, or time used ahead. */
  isOwingAt(nowMs: number): boolean {
    return this.rateState > nowMs || (this.server !== undefined && this.server.deadlineMs > nowMs);
  }
}
