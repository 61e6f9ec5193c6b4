/**
 * What holds messages of one queue back that are otherwise ready: the queue's rate and concurrency, and the rate of
 * each key. None of it is durable: after a restart every limit begins unused. Invariant: a message parked for its
 * key's rate is `gated` in the backlog and stands in `#parked`.
 */
import {
  afterOne,
  KeyPace,
  nextAllowedMs,
  RankHeap,
  unusedRate,
  type RateLimit,
} from '../scheduling/index.js';
import type { Backlog } from './backlog.js';
import { EntryState, type Page } from './page.js';
import type { QueueSettings } from './queue-settings.js';

/** Why a queue delivers nothing now, whatever waits. */
export type QueueHold =
  | { readonly kind: 'none' }
  | { readonly kind: 'queue-rate'; readonly untilMs: number }
  | { readonly kind: 'queue-concurrency'; readonly held: number; readonly max: number };

type LimitSettings = Pick<QueueSettings, 'rate' | 'keyRate' | 'concurrencyMax'>;

/** The limits that a queue's settings ask for, if any. */
export function dispatchLimitsOf(settings: LimitSettings, backlog: Backlog): DispatchLimits | undefined {
  const { rate, keyRate, concurrencyMax } = settings;
  if (rate === undefined && keyRate === undefined && concurrencyMax === undefined) return undefined;
  return new DispatchLimits(settings, backlog);
}

export class DispatchLimits {
  readonly #settings: LimitSettings;
  readonly #backlog: Backlog;
  readonly #keys: KeyPace | undefined;
  readonly #parked: RankHeap;
  #rateState = unusedRate;
  /** Somebody was refused by the rate, and may try again then. */
  #rateEndsMs = Infinity;

  constructor(settings: LimitSettings, backlog: Backlog) {
    this.#settings = settings;
    this.#backlog = backlog;
    this.#keys = settings.keyRate === undefined ? undefined : new KeyPace(settings.keyRate);
    this.#parked = new RankHeap((at) => backlog.stateAt(at) === EntryState.gated);
  }

  /** Whether the settings ask for just these limits. */
  areOf(settings: LimitSettings): boolean {
    const now = this.#settings;
    return (
      now.concurrencyMax === settings.concurrencyMax &&
      isSameRate(now.rate, settings.rate) &&
      isSameRate(now.keyRate, settings.keyRate)
    );
  }

  /** When something may go on that a rate holds back, in Unix ms. */
  get wakeAtMs(): number {
    return Math.min(this.#rateEndsMs, this.#parked.peekRank() ?? Infinity);
  }

  /** What holds the whole queue back. */
  holdAt(nowMs: number): QueueHold {
    const { rate, concurrencyMax = Infinity } = this.#settings;
    const held = this.#backlog.unacknowledged - this.#backlog.moving;
    if (held >= concurrencyMax) return { kind: 'queue-concurrency', held, max: concurrencyMax };
    const untilMs = rate === undefined ? unusedRate : nextAllowedMs(rate, this.#rateState);
    return untilMs > nowMs ? { kind: 'queue-rate', untilMs } : { kind: 'none' };
  }

  /** Whether one more may be delivered now; when only the rate refuses it, `wakeAtMs` says when it may. */
  mayDeliver(nowMs: number): boolean {
    const { rate, concurrencyMax = Infinity } = this.#settings;
    if (this.#backlog.unacknowledged - this.#backlog.moving >= concurrencyMax) return false;
    if (rate === undefined) return true;
    const untilMs = nextAllowedMs(rate, this.#rateState);
    this.#rateEndsMs = untilMs > nowMs ? untilMs : Infinity;
    return untilMs <= nowMs;
  }

  /** A message is delivered. */
  serve(page: Page, slot: number, nowMs: number): void {
    const { rate } = this.#settings;
    if (rate !== undefined) this.#rateState = afterOne(rate, this.#rateState, nowMs);
    if (this.#keys !== undefined && page.isKeyed(slot))
      this.#keys.take(page.key![slot * 2]!, page.key![slot * 2 + 1]!, nowMs);
  }

  /** When the key of an entry may go again; past where nothing holds it back. */
  keyAllowedMs(page: Page, slot: number): number {
    if (this.#keys === undefined || !page.isKeyed(slot)) return unusedRate;
    return this.#keys.allowedMs(page.key![slot * 2]!, page.key![slot * 2 + 1]!);
  }

  /** Holds a message, gated by now, until its key may go again. */
  park(position: number, untilMs: number): void {
    this.#parked.push(untilMs, position);
  }

  /** A parked message whose time has come, or -1. */
  takeDue(nowMs: number): number {
    return (this.#parked.peekRank() ?? Infinity) <= nowMs ? this.#parked.pop() : -1;
  }

  /** Time has come to `nowMs`. */
  advance(nowMs: number): void {
    if (this.#rateEndsMs <= nowMs) this.#rateEndsMs = Infinity;
  }

  /** A parked message went for good. */
  noteGone(): void {
    this.#parked.noteDead();
  }

  /** Nothing waits any more. */
  forgetWaiting(): void {
    this.#parked.clear();
  }
}

function isSameRate(a: RateLimit | undefined, b: RateLimit | undefined): boolean {
  return a?.count === b?.count && a?.perMs === b?.perMs && a?.burst === b?.burst;
}
