/**
 * The ready messages of a queue that tenants share: a line for each tenant in the queue's order, and between the lines
 * servers of reserved bandwidth first, then deficit round robin by weight. Invariant: a line waits for its turn exactly
 * while it has a ready message and no limit holds it back; a tenant without messages is remembered only for what it
 * owes, and so are `departedMax` at most.
 */
import { assert } from '../kernel/index.js';
import { ServerOrder } from './constant-bandwidth-server.js';
import { FairShare } from './fair-share.js';
import { KeyTable } from './key-table.js';
import { RankHeap } from './rank-heap.js';
import { afterOne, nextAllowedMs } from './rate-limit.js';
import { TenantLine, type TenantRules } from './tenant-line.js';

/** Lines of one queue, about a kilobyte each; further tenants share lines by their hash. */
export const tenantLinesMax = 65_536;

/** Lines that tenants share when there are too many. */
const sharedLines = 1_024;
const sharedHigh = 0xffff_ffff;

/** Tenants without messages that are remembered. */
const departedMax = 16_384;

/** Departed tenants looked at for each one that departs. */
const sweptPerDeparture = 2;

/** Why a tenant's messages wait. */
export type TenantHold =
  | { readonly kind: 'none' }
  | { readonly kind: 'rate'; readonly untilMs: number }
  | { readonly kind: 'concurrency'; readonly held: number; readonly max: number };

export class TenantLines {
  /** What `identify` found: the words that name the tenant's line. */
  low = 0;
  high = 0;
  readonly #rules: TenantRules;
  readonly #isReady: (position: number) => boolean;
  readonly #linesMax: number;
  readonly #table = new KeyTable();
  /** By the number of their record. */
  readonly #lines: (TenantLine | undefined)[] = [];
  readonly #share = new FairShare<TenantLine>();
  readonly #servers = new ServerOrder<TenantLine>();
  /** Lines that a rate limit holds back, by the moment it ends. */
  readonly #paced = new RankHeap();
  readonly #departed = new Set<TenantLine>();
  /** Lines under servers that may go from the next `advance` on. */
  readonly #waking = new Set<TenantLine>();
  #nowMs = 0;

  /** `isReady` tells whether the message at a position may still be delivered. */
  constructor(rules: TenantRules, isReady: (position: number) => boolean, linesMax = tenantLinesMax) {
    this.#rules = rules;
    this.#isReady = isReady;
    this.#linesMax = linesMax;
  }

  /** Tenants known, departed ones included. */
  get size(): number {
    return this.#table.size;
  }

  /** Tenants that have a message which may be delivered now. */
  get waiting(): number {
    return this.#share.size + this.#servers.size;
  }

  /** Finds the line that a new message of a tenant goes to; its words are to be kept with the message. */
  identify(low: number, high: number): void {
    this.low = low;
    this.high = high;
    if (this.#table.size < this.#linesMax || this.#table.find(low, high) !== 0) return;
    if (this.#rules.termsOf(low, high) !== undefined) return;
    this.low = low & (sharedLines - 1);
    this.high = sharedHigh;
  }

  /** A message of the tenant is in the queue, in any state. */
  enter(low: number, high: number): void {
    const line = this.#find(low, high) ?? this.#addLine(low, high);
    if (line.live++ === 0) this.#departed.delete(line);
  }

  /** A message of the tenant has gone, and is neither ready nor held any more. */
  leave(low: number, high: number): void {
    const line = this.#known(low, high);
    line.live--;
    if (line.live > 0) return;
    this.#refresh(line);
    this.#depart(line);
  }

  /** A message may be delivered. */
  add(low: number, high: number, rank: number, position: number): void {
    const line = this.#known(low, high);
    line.ready.push(rank, position);
    this.#refresh(line);
  }

  /** A ready message is about to be taken. One that is not the first of its line must not become ready again. */
  take(low: number, high: number, position: number): void {
    const line = this.#known(low, high);
    if (line.ready.peek() === position) line.ready.pop();
    else line.ready.noteDead();
    this.#refresh(line);
  }

  /** Time has come to `nowMs`: what was held back until then may go, and servers that got work wake. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    while ((this.#paced.peekRank() ?? Infinity) <= nowMs) {
      const untilMs = this.#paced.peekRank();
      const line = this.#lines[this.#paced.pop()];
      // The record may have gone to another tenant.
      if (line === undefined || line.pacedUntilMs !== untilMs) continue;
      line.pacedUntilMs = -Infinity;
      this.#refresh(line);
    }
    if (this.#waking.size === 0) return;
    for (const line of this.#waking) if (this.#mayGo(line)) this.#servers.add(line, nowMs);
    this.#waking.clear();
  }

  /** When a rate limit ends that holds a tenant back; Infinity: none does. */
  get wakeAtMs(): number {
    return this.#paced.peekRank() ?? Infinity;
  }

  /** The position whose turn it is; -1: nobody may go now. Asked again, without a change, it says the same. */
  first(): number {
    for (;;) {
      const line = this.#servers.choose() ?? this.#share.choose();
      if (line === undefined) return -1;
      const position = line.ready.peek();
      if (position >= 0) return position;
      // Its last message died unnoticed.
      this.#refresh(line);
    }
  }

  /** A message of the tenant is delivered: it is charged `cost`, above zero. Call it before `take`. */
  serve(low: number, high: number, cost: number): void {
    const line = this.#known(low, high);
    if (line.server !== undefined) this.#servers.charge(line, cost);
    else if (line.number >= 0) this.#share.charge(line, cost);
    const { rate } = this.#rules;
    if (rate === undefined) return;
    line.rateState = afterOne(rate, line.rateState, this.#nowMs);
    const untilMs = nextAllowedMs(rate, line.rateState);
    if (untilMs <= this.#nowMs) return;
    line.pacedUntilMs = untilMs;
    this.#paced.push(untilMs, line.record);
    this.#refresh(line);
  }

  /** A message of the tenant is with a consumer. */
  hold(low: number, high: number): void {
    const line = this.#known(low, high);
    line.held++;
    this.#refresh(line);
  }

  /** A message of the tenant is with a consumer no more. */
  release(low: number, high: number): void {
    const line = this.#known(low, high);
    line.held--;
    this.#refresh(line);
  }

  /** What holds a tenant's messages back. */
  holdOf(low: number, high: number): TenantHold {
    const line = this.#find(low, high);
    if (line === undefined) return { kind: 'none' };
    const { concurrencyMax } = this.#rules;
    if (line.held >= concurrencyMax) return { kind: 'concurrency', held: line.held, max: concurrencyMax };
    if (line.pacedUntilMs > -Infinity) return { kind: 'rate', untilMs: line.pacedUntilMs };
    return { kind: 'none' };
  }

  /** Forgets every message, and keeps what tenants owe. Those that are still there are entered anew; then `settle`. */
  reset(): void {
    for (const line of this.#lines) {
      if (line === undefined) continue;
      line.live = line.held = 0;
      line.ready.clear();
      this.#refresh(line);
    }
  }

  /** Lets go of lines that nothing was entered to after `reset`. */
  settle(): void {
    for (const line of this.#lines) if (line?.live === 0 && !this.#departed.has(line)) this.#depart(line);
  }

  #find(low: number, high: number): TenantLine | undefined {
    const record = this.#table.find(low, high);
    return record === 0 ? undefined : this.#lines[record];
  }

  #known(low: number, high: number): TenantLine {
    const line = this.#find(low, high);
    assert(line !== undefined, 'a message in the queue has a line');
    return line;
  }

  #addLine(low: number, high: number): TenantLine {
    const terms = this.#rules.termsOf(low, high) ?? this.#rules.others;
    const record = this.#table.add(low, high);
    const line = new TenantLine(low, high, record, terms, this.#isReady);
    this.#lines[record] = line;
    return line;
  }

  /** Makes a line wait for its turn exactly if it may have one. */
  #refresh(line: TenantLine): void {
    const mayGo = this.#mayGo(line);
    if (mayGo === line.isWaiting) return;
    if (line.server !== undefined) {
      // A server needs the time at which it wakes: `advance` brings it.
      if (mayGo) this.#waking.add(line);
      else this.#servers.remove(line);
    } else if (mayGo) this.#share.add(line);
    else this.#share.remove(line);
  }

  #mayGo(line: TenantLine): boolean {
    if (line.pacedUntilMs > -Infinity || line.held >= this.#rules.concurrencyMax) return false;
    return line.ready.peek() >= 0;
  }

  #depart(line: TenantLine): void {
    this.#departed.add(line);
    let left = sweptPerDeparture;
    for (const departed of this.#departed) {
      if (departed === line || left-- === 0) break;
      this.#departed.delete(departed);
      if (this.#isOwing(departed) && this.#departed.size < departedMax) this.#departed.add(departed);
      else this.#forget(departed);
    }
    if (!this.#isOwing(line) || this.#departed.size > departedMax) this.#forget(line);
  }

  #isOwing(line: TenantLine): boolean {
    return this.#share.owes(line) || line.isOwingAt(this.#nowMs);
  }

  #forget(line: TenantLine): void {
    this.#departed.delete(line);
    this.#waking.delete(line);
    this.#share.forgive(line);
    this.#table.remove(line.record);
    this.#lines[line.record] = undefined;
  }
}
