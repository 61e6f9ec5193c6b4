/**
 * Which message of one queue goes next at a given time: the first by order that no rate or concurrency limit holds
 * back. Invariant: without limits and tenants a call costs two tests.
 */
import type { Backlog } from './backlog.js';
import { dispatchLimitsOf, type DispatchLimits } from './dispatch-limits.js';
import { EntryState, pageEntries } from './page.js';
import type { QueueSettings } from './queue-settings.js';
import type { ReadyOrder } from './ready-order.js';

export class DispatchPace {
  /** Undefined: nothing but order, keys and tenants holds a message back. */
  limits: DispatchLimits | undefined;
  readonly #backlog: Backlog;
  readonly #order: ReadyOrder;
  #isPaced: boolean;

  constructor(backlog: Backlog, order: ReadyOrder, settings: QueueSettings) {
    this.#backlog = backlog;
    this.#order = order;
    this.limits = dispatchLimitsOf(settings, backlog);
    this.#isPaced = this.limits !== undefined || order.lines !== undefined;
  }

  /** The position to deliver next, or -1; one whose key went too often of late is held back and passed over. */
  firstAt(nowMs: number): number {
    if (!this.#isPaced) return this.#order.first();
    this.advance(nowMs);
    for (;;) {
      const position = this.#order.first();
      if (position < 0 || this.limits === undefined) return position;
      const untilMs = this.limits.keyAllowedMs(this.#backlog.pageOf(position)!, position % pageEntries);
      if (untilMs <= nowMs) return position;
      this.#park(this.limits, position, untilMs);
    }
  }

  #park(limits: DispatchLimits, position: number, untilMs: number): void {
    const page = this.#backlog.pageOf(position)!;
    if (this.#order.isRanked) this.#order.take(position, page, position % pageEntries);
    this.#backlog.change(position, EntryState.gated);
    limits.park(position, untilMs);
  }

  /** Follows settings that have changed: limits that are other than before begin unused. */
  adopt(settings: QueueSettings): void {
    if (this.limits?.areOf(settings) ?? dispatchLimitsOf(settings, this.#backlog) === undefined) return;
    if (this.limits !== undefined) this.#letGo(this.limits, Infinity);
    this.limits = dispatchLimitsOf(settings, this.#backlog);
    this.#isPaced = this.limits !== undefined || this.#order.lines !== undefined;
  }

  /** Time has come to `nowMs`: what a rate held back until then may go. */
  advance(nowMs: number): void {
    this.#order.lines?.advance(nowMs);
    if (this.limits === undefined) return;
    this.limits.advance(nowMs);
    this.#letGo(this.limits, nowMs);
  }

  #letGo(limits: DispatchLimits, nowMs: number): void {
    for (let at = limits.takeDue(nowMs); at >= 0; at = limits.takeDue(nowMs)) {
      this.#backlog.change(at, EntryState.ready);
      this.#order.add(at, this.#backlog.pageOf(at)!, at % pageEntries);
    }
  }

  /** Whether one more may be delivered now, whichever it is. */
  mayDeliver(nowMs: number): boolean {
    return this.limits === undefined || this.limits.mayDeliver(nowMs);
  }

  /** Counts a delivery that is about to be made against the limits and the tenant's share. */
  serve(position: number, nowMs: number): void {
    if (!this.#isPaced) return;
    const page = this.#backlog.pageOf(position)!;
    const slot = position % pageEntries;
    this.limits?.serve(page, slot, nowMs);
    this.#order.lines?.serve(page.tenantLow(slot), page.tenantHigh(slot), page.cost(slot));
  }

  /** When something may go on that a rate holds back, in Unix ms; Infinity: nothing is. */
  get endsMs(): number {
    if (!this.#isPaced) return Infinity;
    return Math.min(this.limits?.wakeAtMs ?? Infinity, this.#order.lines?.wakeAtMs ?? Infinity);
  }
}
