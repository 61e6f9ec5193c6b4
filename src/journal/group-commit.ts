/**
 * Makes records durable in batches: one write and sync at a time; what is appended meanwhile is the next
 * batch. `durableSequence` only ever names records whose sync has returned, and a failed write or sync is
 * final: it never moves again.
 */
import {
  assert,
  LatencyTrack,
  messageOf,
  SluiceError,
  type CancelTimer,
  type Clock,
} from '../kernel/index.js';
import type { Appender, Batch } from './appender.js';
import { writeBatch } from './batch-writer.js';
import type { JournalLog } from './contract.js';
import { DistributionRecorder } from './distribution.js';
import { Listeners } from './listeners.js';
import { ownType } from './record-frame.js';
import type { SegmentSupply } from './segment-supply.js';
import type { TailCache } from './tail-cache.js';

/** A batch above this waits for the next sync, so that no sync takes long. */
const batchBytesMax = 8 * 1024 * 1024;
/** After this long without a batch the durable watermark is written down by itself. */
const idleAfterMs = 50;
const slowSyncMs = 1000;
/** With this much waiting, the disk is what holds everything up. */
const busyBytes = 4 * 1024 * 1024;

export interface CommitPorts {
  readonly clock: Clock;
  readonly supply: Pick<SegmentSupply, 'ready' | 'finish' | 'noRoom' | 'roomFound'>;
  readonly tail: TailCache;
  readonly pressureBytes: number;
  readonly onFailure: (error: SluiceError) => void;
  readonly log: JournalLog;
}

interface Waiter {
  readonly sequence: number;
  readonly resolve: () => void;
  readonly reject: (error: SluiceError) => void;
}

/** `scheduled`: a batch is sealed at the end of this turn. `writing`: one batch is on its way to the disk. */
type CommitState = 'idle' | 'scheduled' | 'writing' | 'failed' | 'stopped';

export class GroupCommit {
  readonly #ports: CommitPorts;
  #appender!: Appender;
  #state: CommitState = 'idle';
  #writing: Promise<void> = Promise.resolve();
  #isFinishing = false;
  #failure: SluiceError | undefined;
  #writingBytes = 0;
  #batches = 0;
  #waiters: Waiter[] = [];
  #cancelWake: CancelTimer | undefined;
  #wakeAt = Infinity;
  #cancelIdle: CancelTimer | undefined;
  durableSequence: number;
  pressure = false;
  readonly durable = new Listeners<[sequence: number]>();
  readonly sealing = new Listeners<[]>();
  readonly pressureChanged = new Listeners<[pressure: boolean]>();
  readonly syncs: LatencyTrack;
  readonly batchBytes = new DistributionRecorder();

  constructor(ports: CommitPorts, durableSequence: number) {
    this.#ports = ports;
    this.syncs = new LatencyTrack(ports.clock.monotonic());
    this.durableSequence = durableSequence;
  }

  /** Appender and committer know each other; this closes the circle. */
  attach(appender: Appender): void {
    this.#appender = appender;
  }

  /** Begins with what recovery found: it is durable, and that is written down when nothing else happens. */
  start(): void {
    this.#watchForIdleness();
  }

  get unsyncedBytes(): number {
    return this.#appender.unwrittenBytes + this.#writingBytes;
  }

  get isBusy(): boolean {
    return this.unsyncedBytes >= busyBytes;
  }

  get failure(): SluiceError | undefined {
    return this.#failure;
  }

  /** Something was appended: a batch is due at the end of this turn, or when the one under way is done. */
  touch(): void {
    if (!this.pressure && this.unsyncedBytes > this.#ports.pressureBytes) this.#setPressure(true);
    if (this.#state !== 'idle') return;
    this.#state = 'scheduled';
    queueMicrotask(() => {
      if (this.#state === 'scheduled') this.#seal();
    });
  }

  /** Seals a batch within `withinMs`, for what `sealing` listeners hold back. */
  wake(withinMs: number): void {
    const at = this.#ports.clock.monotonic() + withinMs;
    if (at >= this.#wakeAt || this.#state === 'failed' || this.#state === 'stopped') return;
    this.#cancelWake?.();
    this.#wakeAt = at;
    this.#cancelWake = this.#ports.clock.after(withinMs, () => {
      this.#forgetWake();
      if (this.#state === 'idle') this.#seal();
    });
  }

  /** Resolves when everything appended so far is durable. */
  sync(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const sequence = this.#appender.lastSequence;
    if (sequence <= this.durableSequence) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ sequence, resolve, reject });
    });
  }

  /** Resolves when what `sealing` listeners hold back is durable too. */
  syncHeldBack(): Promise<void> {
    if (this.#failure === undefined) this.sealing.call();
    return this.sync();
  }

  /** Writes what `sealing` listeners hold back and everything appended, then the clean-stop record. */
  async finish(): Promise<void> {
    if (this.#state === 'idle') this.#seal();
    await this.sync();
    this.#isFinishing = true;
    this.#appender.appendWatermark(ownType.cleanStop);
    await this.sync();
  }

  /** Nothing is written any more; what is not durable stays so. */
  stop(): void {
    if (this.#state !== 'failed') this.#state = 'stopped';
    this.#forgetWake();
    this.#cancelIdle?.();
    const error = new SluiceError('closed', 'the journal was closed before this was durable');
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#failure ?? error);
  }

  /** Resolves when no write is under way. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** The end: told once, never retried. */
  fail(cause: unknown): void {
    if (this.#state === 'failed' || this.#state === 'stopped') return;
    this.#state = 'failed';
    this.#failure = new SluiceError('durability-lost', `the journal cannot write: ${messageOf(cause)}`, {
      cause,
      details: { durableSequence: this.durableSequence },
    });
    this.stop();
    this.#ports.log('journal.failed', { reason: messageOf(cause), durableSequence: this.durableSequence });
    this.#ports.onFailure(this.#failure);
  }

  #seal(): void {
    this.#forgetWake();
    this.#state = 'scheduled';
    // Nothing may stand behind the clean-stop record.
    if (!this.#isFinishing) this.sealing.call();
    if (!this.#appender.dirty) {
      this.#state = 'idle';
      return;
    }
    const first = this.durableSequence + 1;
    const batch = this.#appender.seal(this.durableSequence, batchBytesMax);
    this.#state = 'writing';
    this.#writingBytes = batch.bytes;
    this.batchBytes.record(batch.bytes);
    this.#writing = this.#write(batch, batch.lastSequence === first);
  }

  async #write(batch: Batch, single: boolean): Promise<void> {
    const { clock, supply, log } = this.#ports;
    const startedAt = clock.monotonic();
    try {
      await writeBatch(batch, supply);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.#state !== 'writing') return;
    const tookMs = clock.monotonic() - startedAt;
    this.syncs.record(tookMs);
    if (tookMs > slowSyncMs) log('journal.sync-slow', { tookMs, bytes: batch.bytes });
    this.#completed(batch, single);
  }

  /** The next batch goes to the disk before anyone is told of this one, so that the disk never waits. */
  #completed(batch: Batch, single: boolean): void {
    assert(batch.lastSequence > this.durableSequence, 'the durable watermark only rises');
    this.durableSequence = batch.lastSequence;
    this.#writingBytes = 0;
    this.#batches++;
    this.#state = 'idle';
    if (this.#appender.dirty) this.#seal();
    // A batch of a single record is a watermark: nothing it reports needs to be written down again.
    else if (!single) this.#watchForIdleness();
    if (this.pressure && this.unsyncedBytes <= this.#ports.pressureBytes / 2) this.#setPressure(false);
    this.#ports.tail.trim(this.#appender.current, batch.lastSequence);
    this.#wakeWaiters();
    this.durable.call(batch.lastSequence);
  }

  #wakeWaiters(): void {
    if (this.#waiters.length === 0) return;
    const due = this.#waiters.filter((waiter) => waiter.sequence <= this.durableSequence);
    this.#waiters = this.#waiters.filter((waiter) => waiter.sequence > this.durableSequence);
    for (const waiter of due) waiter.resolve();
  }

  #watchForIdleness(): void {
    if (this.#cancelIdle !== undefined) return;
    const batches = this.#batches;
    this.#cancelIdle = this.#ports.clock.after(idleAfterMs, () => {
      this.#cancelIdle = undefined;
      if (this.#state !== 'idle') return;
      if (this.#batches === batches) this.#appender.appendWatermark(ownType.watermark);
      else this.#watchForIdleness();
    });
  }

  #forgetWake(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#wakeAt = Infinity;
  }

  #setPressure(pressure: boolean): void {
    this.pressure = pressure;
    this.pressureChanged.call(pressure);
  }
}
