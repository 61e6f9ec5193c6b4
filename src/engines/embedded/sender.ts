/**
 * Publishes for the program. Sends are taken in order; a send waits while the broker asks publishers to (alarms, or
 * too much unsynced), and a large one gives the event loop its turns. Invariant: a send resolves only when the last
 * of its messages is durable.
 */
import type { BrokerChannel, BrokerFace, PublishOutcome } from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { EngineMessage } from '../index.js';
import type { DurableWaiters } from './durable-waiters.js';
import type { Outbound } from './outbound.js';

/** Messages published in one turn: 256 of 128 bytes take about 0.3 ms. */
const sliceMessages = 256;
/** Bytes published in one turn. */
const sliceBytes = 1024 * 1024;

export interface SendTarget {
  readonly exchange: string;
  readonly routingKey: string;
}

/** What became of a batch. */
export interface SendReport {
  /** Indexes of messages that no queue took. */
  readonly unroutable: readonly number[];
  /** Indexes of messages that a full queue refused. */
  readonly refused: readonly number[];
}

interface Job {
  readonly target: SendTarget;
  readonly messages: readonly EngineMessage[];
  readonly signal: AbortSignal | undefined;
  readonly unroutable: number[];
  readonly refused: number[];
  next: number;
  sequence: number;
  readonly resolve: (durable: Promise<void>) => void;
  readonly reject: (error: unknown) => void;
}

const nothingAmiss: SendReport = { unroutable: [], refused: [] };

export class Sender {
  readonly #broker: BrokerFace;
  readonly #channel: BrokerChannel;
  readonly #outbound: Outbound;
  readonly #waiters: DurableWaiters;
  readonly #jobs: Job[] = [];
  #isDraining = false;
  readonly #stopListening: readonly (() => void)[];

  constructor(broker: BrokerFace, channel: BrokerChannel, outbound: Outbound, waiters: DurableWaiters) {
    this.#broker = broker;
    this.#channel = channel;
    this.#outbound = outbound;
    this.#waiters = waiters;
    const drain = (): void => {
      this.#drain();
    };
    this.#stopListening = [broker.onAlarm(drain), broker.onPressure(drain)];
  }

  /** Rejects with what the broker refuses, `durability-lost`, or the signal's reason while it still waits. */
  async send(
    target: SendTarget,
    messages: readonly EngineMessage[],
    signal: AbortSignal | undefined,
  ): Promise<SendReport> {
    signal?.throwIfAborted();
    if (messages.length === 0) return nothingAmiss;
    if (messages.length === 1 && this.#jobs.length === 0 && !this.#mustWait)
      return this.#sendOne(target, messages[0]!);
    const report = { unroutable: [], refused: [] };
    await new Promise<void>((resolve, reject) => {
      const job: Job = { target, messages, signal, ...report, next: 0, sequence: 0, resolve, reject };
      signal?.addEventListener('abort', () => {
        this.#giveUp(job);
      });
      this.#jobs.push(job);
      this.#drain();
    });
    return report;
  }

  /** Refuses what still waits. */
  close(): void {
    for (const stop of this.#stopListening) stop();
    const error = new SluiceError('closed', 'the engine was closed before the message was taken');
    for (const job of this.#jobs.splice(0)) job.reject(error);
  }

  #giveUp(job: Job): void {
    const at = this.#jobs.indexOf(job);
    if (at < 0) return;
    this.#jobs.splice(at, 1);
    job.reject(job.signal?.reason);
  }

  get #mustWait(): boolean {
    return this.#broker.pressure || this.#broker.alarms.size > 0;
  }

  async #sendOne(target: SendTarget, message: EngineMessage): Promise<SendReport> {
    const outcome = this.#publish(target, message);
    await this.#waiters.wait(this.#channel.publishSequence);
    if (outcome === 'routed') return nothingAmiss;
    return outcome === 'unroutable' ? { unroutable: [0], refused: [] } : { unroutable: [], refused: [0] };
  }

  #publish(target: SendTarget, message: EngineMessage): PublishOutcome {
    return this.#channel.publish(this.#outbound.prepare(target.exchange, target.routingKey, message));
  }

  #drain(): void {
    if (this.#isDraining) return;
    let messages = sliceMessages;
    let bytes = sliceBytes;
    while (this.#jobs.length > 0 && !this.#mustWait) {
      if (messages <= 0 || bytes <= 0) {
        this.#drainLater();
        return;
      }
      const job = this.#jobs[0]!;
      const message = job.messages[job.next]!;
      if (!this.#take(job, message)) this.#jobs.shift();
      messages--;
      bytes -= message.body.length;
    }
  }

  #drainLater(): void {
    this.#isDraining = true;
    setImmediate(() => {
      this.#isDraining = false;
      this.#drain();
    });
  }

  /** Publishes the job's next message. False when the job is over. */
  #take(job: Job, message: EngineMessage): boolean {
    try {
      const outcome = this.#publish(job.target, message);
      if (outcome === 'unroutable') job.unroutable.push(job.next);
      else if (outcome === 'rejected') job.refused.push(job.next);
    } catch (error) {
      job.reject(error);
      return false;
    }
    job.next++;
    job.sequence = Math.max(job.sequence, this.#channel.publishSequence);
    if (job.next < job.messages.length) return true;
    job.resolve(this.#waiters.wait(job.sequence));
    return false;
  }
}
