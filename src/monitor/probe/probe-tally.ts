/**
 * What became of each probe message: which came, which came twice or out of order, which are lost. Invariant: a message
 * is lost only when it was confirmed, a later one has come, and it did not for long after that on the same connection;
 * what might still come, or was never confirmed, is not lost.
 */
import { LatencyTrack } from '../../kernel/index.js';

/** How long what came is remembered, to notice it when it comes again; and that somebody else was there. */
const rememberedMs = 600_000;

export interface TallyOptions {
  readonly nowMs: number;
  /** Tells messages of this process from those of an earlier one, or of a stranger. */
  readonly run: string;
  /** How long after a later one a confirmed message may still come. */
  readonly lostAfterMs: number;
  /** What waits longer has been removed from the queue, and tells nothing. */
  readonly timeToLiveMs: number;
  /** Somebody else's probes come through the same queue, and ours go to them: nothing counts as lost for a while. */
  readonly onShared: () => void;
}

interface Awaited {
  readonly sentMs: number;
  isConfirmed: boolean;
  /** When a later one came; undefined: none did on this connection. */
  overtakenMs: number | undefined;
  readonly came: () => void;
}

export class ProbeTally {
  sent = 0;
  lost = 0;
  duplicated = 0;
  reordered = 0;
  readonly roundTrips: LatencyTrack;
  readonly #options: TallyOptions;
  readonly #awaited = new Map<number, Awaited>();
  /** When what came was received, by sequence number, in the order of receipt. */
  readonly #received = new Map<number, number>();
  #highest = -1;
  #hasOwn = false;
  #sharedMs = -Infinity;

  constructor(options: TallyOptions) {
    this.#options = options;
    this.roundTrips = new LatencyTrack(options.nowMs);
  }

  /** The next message leaves. Gives its number and when it has come. */
  send(nowMs: number): { readonly sequence: number; readonly received: Promise<void> } {
    const sequence = this.sent++;
    const received = new Promise<void>((came) => {
      this.#awaited.set(sequence, { sentMs: nowMs, isConfirmed: false, overtakenMs: undefined, came });
    });
    return { sequence, received };
  }

  confirm(sequence: number): void {
    const awaited = this.#awaited.get(sequence);
    if (awaited !== undefined) awaited.isConfirmed = true;
  }

  /** A message came. */
  receive(run: string, sequence: number, redelivered: boolean, nowMs: number): void {
    if (run !== this.#options.run) {
      this.#receiveForeign(redelivered, nowMs);
      return;
    }
    const awaited = this.#awaited.get(sequence);
    if (awaited === undefined) {
      if (this.#received.has(sequence)) this.duplicated++;
      return;
    }
    this.#awaited.delete(sequence);
    this.#received.set(sequence, nowMs);
    this.#hasOwn = true;
    this.roundTrips.record(nowMs - awaited.sentMs);
    if (sequence < this.#highest) this.reordered++;
    else this.#overtake(sequence, nowMs);
    awaited.came();
  }

  /** The connection ended: what it held comes again, first, on the next one. */
  disconnect(): void {
    this.#hasOwn = false;
    for (const awaited of this.#awaited.values()) awaited.overtakenMs = undefined;
  }

  /** Counts what is lost by now, and forgets what is old. Only while the engine answers. */
  judge(nowMs: number): void {
    const { lostAfterMs, timeToLiveMs } = this.#options;
    for (const [sequence, { sentMs, isConfirmed, overtakenMs }] of this.#awaited) {
      const isOverdue = overtakenMs !== undefined && nowMs - overtakenMs >= lostAfterMs;
      if (isOverdue && isConfirmed && !this.isShared(nowMs)) this.lost++;
      if (isOverdue || nowMs - sentMs >= timeToLiveMs) this.#awaited.delete(sequence);
    }
    for (const [sequence, receivedMs] of this.#received) {
      if (nowMs - receivedMs < rememberedMs) break;
      this.#received.delete(sequence);
    }
  }

  /** Whether somebody else probes through the same queue: what does not come to us may have come there. */
  isShared(nowMs: number): boolean {
    return nowMs - this.#sharedMs < rememberedMs;
  }

  /** What an earlier process left comes first; after our own, somebody else must be sending. */
  #receiveForeign(redelivered: boolean, nowMs: number): void {
    if (redelivered || !this.#hasOwn) return;
    const wasShared = this.isShared(nowMs);
    this.#sharedMs = nowMs;
    if (!wasShared) this.#options.onShared();
  }

  #overtake(sequence: number, nowMs: number): void {
    this.#highest = sequence;
    for (const [earlier, awaited] of this.#awaited) if (earlier < sequence) awaited.overtakenMs ??= nowMs;
  }
}
