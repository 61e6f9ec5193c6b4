/**
 * One queue as state: its messages, their order, its consumers and counters. It decides nothing and writes no
 * record; whoever changes it has written the outcome to the journal first. Invariant: every entry that is
 * `ready` can be found by `first`, every `delayed` one by `nextDueMs`, and every `held` one in `held`.
 */
import { noSecret, PositionIndex, type HashSecret, type TenantLines } from '../scheduling/index.js';
import type { Assembly } from './assembly.js';
import { Backlog, type LivenessAccount } from './backlog.js';
import { ConsumerSet, type Consumer } from './consumer.js';
import type { FieldTable } from './content/index.js';
import type { CustodyRuns } from './custody/custody-runs.js';
import { Delays } from './delays.js';
import { DispatchPace } from './dispatch-pace.js';
import { HeldEntries } from './held-entries.js';
import { KeyLines } from './key-lines.js';
import type { QueueMeter } from './measures/queue-meter.js';
import type { QueueRest } from './measures/revisions.js';
import type { Binding } from './exchange.js';
import type { ChunkReference } from './face.js';
import { EntryState, isWaiting, pageEntries, type Page } from './page.js';
import type { Move } from './move.js';
import type { NewEntry } from './new-entry.js';
import type { Governance } from './policies/policy-book.js';
import { PositionRanges } from './position-ranges.js';
import { newQueueCounters } from './queue-counters.js';
import { rebuildFromColumns } from './queue-rebuild.js';
import { releaseEntries } from './queue-release.js';
import type { QueueSettings } from './queue-settings.js';
import { ReadyOrder } from './ready-order.js';
import type { ReturnOrders } from './return-orders.js';
import { RequeueKind, type SettleReason } from './record-types.js';
import { StateHash } from './state-hash.js';

export type { DeathReason, Move } from './move.js';

/** Begins the names of queues that clients cannot name. */
export const hiddenPrefix = '\0';

export type QueueOptions = Pick<
  Queue,
  'id' | 'vhost' | 'name' | 'durable' | 'exclusive' | 'autoDelete' | 'arguments' | 'settings' | 'isJournaled'
> & { readonly owner: object | undefined; readonly tail?: number };

export class Queue {
  readonly kind = 'queue';
  /** Names the queue in records; never used twice. */
  readonly id: number;
  readonly vhost: string;
  readonly name: string;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly arguments: FieldTable;
  /** What its arguments ask for, or what it is given by policy. */
  settings: QueueSettings;
  /** The policies that are in effect for it. */
  governance: Governance | undefined = undefined;
  /** False: nothing of it outlives the process. */
  readonly isJournaled: boolean;
  /** The connection that an exclusive queue belongs to. */
  readonly owner: object | undefined;

  readonly backlog: Backlog;
  readonly consumers: ConsumerSet;
  readonly inbound = new Set<Binding>();
  readonly counters = newQueueCounters();
  /** Bodies that stand in chunk records, by position. */
  readonly largeBodies = new Map<number, readonly ChunkReference[]>();
  readonly moves: Move[] = [];
  /** What becomes of messages that consumers have, once they come back; undefined: nobody asked for anything. */
  returnOrders: ReturnOrders | undefined = undefined;
  /** Positions settled and not yet recorded, and why. */
  readonly settled = new PositionRanges();
  settledReason: SettleReason | undefined = undefined;
  /** Who settled them; made with the first. */
  settledBy: CustodyRuns | undefined = undefined;

  /** Set by the router while it collects, so that a queue gets a message once. */
  routeMark = 0;
  /** Positions below it may have been delivered, as far as the journal tells. */
  deliveredMark = 0;
  /** The record of that mark: deliveries below it wait until it is durable; 0: it is. */
  deliveredMarkSequence = 0;
  /** The end of a message that let another come forward: deliveries wait until it is durable; Infinity: just now. */
  freedSequence = 0;
  /** True while a body is being read from disk for the dispatcher. */
  isLoading = false;
  assembly: Assembly | undefined = undefined;
  /** Where the last record stood that was not in memory. */
  readSegment = 0;
  readOffset = 0;
  /** True when no consumer had credit; cleared when one may have it again. */
  isIdle = false;
  /** A message waits, and no consumer could take it when it was last offered. */
  isStarved = false;
  /** What stands below it was offered to the consumers, and none could take it. */
  offeredBelow = 0;
  isDeleted = false;
  isDispatchQueued = false;
  hadConsumer = false;
  /** Some entry had an expiry: the head is watched. */
  watchesExpiry = false;
  lastUsedMs = 0;
  /** Some entry may have a deadline. */
  hasDeadlines: boolean;
  /** Made with the first delivery. */
  meter: QueueMeter | undefined = undefined;
  /** What it was like when a reader last found it at rest. */
  rest: QueueRest | undefined = undefined;
  /** Name of the `x-delayed-message` exchange whose store this is. */
  delaysOf: string | undefined = undefined;
  /** When the timers look at it next; Infinity: never. */
  wakeAtMs = Infinity;

  /** Of its durable messages. */
  readonly hash = new StateHash();

  readonly #order: ReadyOrder;
  /** What limits hold back, and what goes next. */
  readonly pace: DispatchPace;
  readonly #delays: Delays;
  /** Those that wait for records. */
  readonly held = new HeldEntries(() => {
    this.#delays.noteGone();
  });
  /** Finds messages by the hash of their `message-id`, where the queue has been told to. */
  readonly ids: PositionIndex | undefined;
  /** Who waits for whom by key. */
  readonly keys: KeyLines;
  readonly #account: LivenessAccount;

  /** `secret`: what the names of tenants are hashed with. */
  constructor(options: QueueOptions, account: LivenessAccount, secret: HashSecret = noSecret) {
    this.id = options.id;
    this.vhost = options.vhost;
    this.name = options.name;
    this.durable = options.durable;
    this.exclusive = options.exclusive;
    this.autoDelete = options.autoDelete;
    this.arguments = options.arguments;
    this.settings = options.settings;
    this.isJournaled = options.isJournaled;
    this.owner = options.owner;
    this.#account = account;
    this.hasDeadlines = options.settings.order.kind === 'deadline';
    this.backlog = new Backlog(account, options.tail ?? 0, options.settings.levels?.plain);
    this.#order = new ReadyOrder(this.backlog, options.settings, secret);
    this.pace = new DispatchPace(this.backlog, this.#order, options.settings);
    this.#delays = new Delays(this.backlog);
    this.keys = new KeyLines(this.backlog);
    this.ids = options.settings.messageIndex ? new PositionIndex() : undefined;
    this.consumers = new ConsumerSet(options.settings.singleActiveConsumer);
  }

  /** The store of a delayed exchange has a number and no name that clients see. */
  get isHidden(): boolean {
    return this.name.startsWith(hiddenPrefix);
  }

  /** Paused: publishes go on, consumers stay, and nothing is delivered. */
  get isPaused(): boolean {
    return this.consumers.isPaused;
  }

  /** Set where tenants share the queue. */
  get lines(): TenantLines | undefined {
    return this.#order.lines;
  }

  /** Whether messages are delivered by rank rather than by position. */
  get isRanked(): boolean {
    return this.#order.isRanked;
  }

  /** Adds a message to the live queue: behind its key, behind its delay, or ready. */
  admit(entry: NewEntry, chunks: readonly ChunkReference[] | undefined): void {
    this.store(entry, chunks);
    this.lines?.enter(entry.tenantLow, entry.tenantHigh);
    this.place(entry.position, entry.state, entry.isKeyed, entry.keyLow, entry.keyHigh, entry.dueMs);
    if (entry.idHash !== 0) this.ids?.add(entry.idHash, entry.position);
    this.counters.published++;
  }

  /** Adds an entry to the columns alone, as replay does; `rebuild` makes the rest. */
  store(entry: NewEntry, chunks: readonly ChunkReference[] | undefined): void {
    this.backlog.add(entry);
    if (entry.expiryMs !== 0) this.watchesExpiry = true;
    if (entry.deadlineMs !== 0) this.hasDeadlines = true;
    if (chunks !== undefined) this.holdLargeBody(entry.position, chunks);
  }

  /** Counts a large body's pieces as alive. */
  holdLargeBody(position: number, chunks: readonly ChunkReference[]): void {
    this.largeBodies.set(position, chunks);
    for (const chunk of chunks) this.#account.retain(chunk.segment, chunk.length);
  }

  /** Puts a stored entry where its state, key and rank say. */
  place(
    position: number,
    state: EntryState,
    isKeyed: boolean,
    keyLow: number,
    keyHigh: number,
    dueMs: number,
  ): void {
    if (state === EntryState.delayed || state === EntryState.held) {
      this.#delays.add(position, dueMs);
      return;
    }
    if (isKeyed && !this.keys.enter(position, keyLow, keyHigh)) {
      this.backlog.change(position, EntryState.gated);
      return;
    }
    if (this.#order.isRanked)
      this.#order.add(position, this.backlog.pageOf(position)!, position % pageEntries);
  }

  /** The position to deliver next, or -1. */
  first(): number {
    return this.#order.first();
  }

  /** The position that goes when the queue is too long, or -1: the first, else the oldest that is held back. */
  firstWaiting(): number {
    const first = this.first();
    if (first >= 0 || this.backlog.waiting === 0) return first;
    let position = this.backlog.nextLive(0);
    while (!isWaiting(this.backlog.stateAt(position))) position = this.backlog.nextLive(position + 1);
    return position;
  }

  /** Takes an entry out of the ready ones. One that is not the first must not become ready again. */
  take(position: number, state: typeof EntryState.unacknowledged | typeof EntryState.moving): void {
    if (this.#order.isRanked)
      this.#order.take(position, this.backlog.pageOf(position)!, position % pageEntries);
    this.backlog.change(position, state);
  }

  /** Makes a held entry ready again, at its old place. */
  giveBack(position: number, kind: RequeueKind): void {
    const page = this.backlog.pageOf(position);
    if (page === undefined) return;
    const slot = position % pageEntries;
    page.beforeChange?.(page);
    page.noteRequeue(slot, kind);
    this.backlog.change(position, EntryState.ready);
    this.#order.add(position, page, slot);
  }

  /** Removes an entry for good and lets the next of its key come forward. False: it was gone. */
  settle(position: number): boolean {
    const page = this.backlog.pageOf(position);
    const slot = position % pageEntries;
    if (page === undefined || page.state(slot) === EntryState.gone) return false;
    const state = page.state(slot);
    const isKeyed = page.isKeyed(slot);
    if (state === EntryState.ready) this.#order.drop(position, page, slot);
    if (state === EntryState.delayed) this.#delays.noteGone();
    if (state === EntryState.held) this.held.end(position);
    if (this.largeBodies.size > 0) this.releaseLargeBody(position);
    if (state === EntryState.gated && this.keys.isFirst(position)) this.pace.limits?.noteGone();
    const [low, high] = [page.tenantLow(slot), page.tenantHigh(slot)];
    this.ids?.remove(position);
    this.backlog.remove(position);
    this.lines?.leave(low, high);
    if (isKeyed) this.#passKey(position);
    return true;
  }

  #passKey(position: number): void {
    const next = this.keys.leave(position);
    if (next < 0) return;
    const page = this.backlog.pageOf(next);
    // One that moves elsewhere, as the queue was too long, does not come back; one that waits for a retry comes itself.
    if (page?.state(next % pageEntries) !== EntryState.gated) return;
    this.backlog.change(next, EntryState.ready);
    this.#order.add(next, page, next % pageEntries);
    this.freedSequence = Infinity;
  }

  /** Gives up the pieces of a body that is no longer wanted. */
  releaseLargeBody(position: number): void {
    const chunks = this.largeBodies.get(position);
    if (chunks === undefined) return;
    this.largeBodies.delete(position);
    for (const chunk of chunks) this.#account.release(chunk.segment, chunk.length);
  }

  /** What an ordered queue compares first; 0 elsewhere. */
  rankAt(position: number): number {
    const page = this.backlog.pageOf(position);
    return page === undefined ? 0 : this.#order.rankAt(page, position % pageEntries);
  }

  /** The rank of the first ready message; undefined: none is ready, or ranks do not decide alone. */
  get leastRank(): number | undefined {
    return this.#order.leastRank;
  }

  /** The deadline of the message at a position, in Unix ms; Infinity: none is known. */
  deadlineAt(position: number): number {
    if (this.settings.order.kind === 'deadline') return this.rankAt(position);
    return this.backlog.pageOf(position)?.deadline?.[position % pageEntries] || Infinity;
  }

  /** When the next delayed message is due, in Unix ms; Infinity when none is delayed. */
  nextDueMs(): number {
    return this.#delays.nextDueMs();
  }

  /** The first delayed message when it is due, taken out of the delays; else -1. */
  takeDue(nowMs: number): number {
    return this.#delays.takeDue(nowMs);
  }

  /**
   * Sets the delay of an entry that came without one, or was held until now, in the columns alone. It keeps its key.
   * `dueMs` 0: there is none any more.
   */
  holdBack(position: number, dueMs: number, isFailure: boolean): void {
    const page = this.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    page.beforeChange?.(page);
    if (isFailure) page.noteRequeue(slot, RequeueKind.failed);
    if (page.state(slot) === EntryState.held) this.held.end(position);
    page.holdBack(slot, dueMs);
    this.backlog.change(position, dueMs === 0 ? EntryState.ready : EntryState.delayed);
  }

  /** Makes the live queue follow `holdBack`. */
  placeHeldBack(position: number, wasDelayed: boolean): void {
    const page = this.backlog.pageOf(position)!;
    const slot = position % pageEntries;
    if (page.state(slot) === EntryState.delayed) {
      this.#delays.add(position, page.due![slot]!);
      return;
    }
    if (wasDelayed) this.#delays.noteGone();
    this.#comeForward(position, page, slot);
  }

  /** A delayed message becomes an ordinary one. */
  undelay(position: number): void {
    const page = this.backlog.pageOf(position)!;
    this.backlog.change(position, EntryState.ready);
    this.#comeForward(position, page, position % pageEntries);
  }

  /** A ready entry takes its place: behind its key, unless it has kept that. */
  #comeForward(position: number, page: Page, slot: number): void {
    // As if it came in now.
    this.offeredBelow = Math.min(this.offeredBelow, position);
    const isKeyed = page.isKeyed(slot);
    if (!isKeyed || !this.keys.has(position)) {
      const low = isKeyed ? page.key![slot * 2]! : 0;
      const high = isKeyed ? page.key![slot * 2 + 1]! : 0;
      this.place(position, EntryState.ready, isKeyed, low, high, 0);
    } else if (this.keys.isFirst(position)) {
      this.#order.add(position, page, slot);
    } else {
      this.backlog.change(position, EntryState.gated);
    }
  }

  /** When the entry expires, in Unix ms; Infinity: never. */
  expiryAt(position: number): number {
    const expiry = this.backlog.pageOf(position)?.expiry?.[position % pageEntries] ?? 0;
    return expiry === 0 ? Infinity : expiry;
  }

  /** Makes order, keys and delays anew from the columns, once, after recovery. */
  rebuild(): void {
    rebuildFromColumns(this, this.#order);
  }

  /** Makes order and keys follow after pages with all that waited were taken out of the columns. */
  forgetWaiting(): void {
    this.#order.clear();
    this.pace.limits?.forgetWaiting();
    this.keys.forgetWaiting();
  }

  /** Gives every record up when the queue goes: a step a page, for the caller to spread out. */
  releaseAll(): Generator<undefined> {
    return releaseEntries(this);
  }

  /** The same in one go, for a queue that nobody waits on. */
  releaseAllNow(): void {
    const steps = this.releaseAll();
    while (steps.next().done !== true) continue;
  }

  addConsumer(consumer: Consumer): void {
    this.consumers.add(consumer);
    this.hadConsumer = true;
    this.isIdle = false;
  }
}
