/**
 * Publishes with confirms. Invariants: a job resolves when the server has confirmed all of its messages; what was not
 * confirmed when the connection was lost is published again, in order, with the same message id; a bounded number is
 * unconfirmed at a time.
 */
import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import type { SluiceError } from '../../kernel/index.js';
import type { SendReport } from '../index.js';
import { isLostConnection, refusalOf } from './refusals.js';
import { closedError, type ServerConnection } from './server-connection.js';

/** Unconfirmed at a time. Measured against RabbitMQ 3.10: more than 1,000 gains nothing. */
const unconfirmedMax = 2_000;
const unconfirmedBytesMax = 32 * 1024 * 1024;

/** One message, ready for the client library. */
export interface OutgoingPublish {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  /** With a message id: a returned message is known by it. */
  readonly options: Options.Publish & { readonly messageId: string };
}

/** One call of `publish`. A class, for one shape: made with a spread it cost 2 µs a send. */
class Job implements SendReport {
  readonly unroutable: number[] = [];
  readonly refused: number[] = [];
  left: number;
  isOver = false;
  readonly resolve: (report: SendReport) => void;
  readonly reject: (error: unknown) => void;

  constructor(left: number, resolve: (report: SendReport) => void, reject: (error: unknown) => void) {
    this.left = left;
    this.resolve = resolve;
    this.reject = reject;
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    this.reject(error);
  }

  confirmOne(): void {
    this.left--;
    if (this.left > 0 || this.isOver) return;
    this.isOver = true;
    this.resolve(this);
  }
}

interface Entry {
  readonly job: Job;
  readonly index: number;
  readonly publish: OutgoingPublish;
}

export class Publisher {
  readonly #connection: ServerConnection;
  readonly #stopListening: () => void;
  #channel: ConfirmChannel | undefined;
  #waiting: Entry[] = [];
  #head = 0;
  readonly #unconfirmed = new Set<Entry>();
  #unconfirmedBytes = 0;
  #isBlocked = false;
  #isClosed = false;

  constructor(connection: ServerConnection) {
    this.#connection = connection;
    this.#stopListening = connection.listen({
      live: (model) => {
        void this.#open(model);
      },
      lost: () => {
        this.#lost();
      },
      gaveUp: (error) => {
        this.#failAll(error);
      },
      blocked: (isBlocked) => {
        this.#isBlocked = isBlocked;
        this.#pump();
      },
    });
    if (connection.model !== undefined) void this.#open(connection.model);
  }

  /** Rejects with `connection-failed`, `closed`, what the server refused, or the signal's reason. */
  publish(messages: readonly OutgoingPublish[], signal?: AbortSignal): Promise<SendReport> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#isClosed) throw closedError();
      const job = new Job(messages.length, resolve, reject);
      if (messages.length === 0) {
        resolve(job);
        return;
      }
      if (signal !== undefined) failWith(job, signal);
      for (let index = 0; index < messages.length; index++)
        this.#waiting.push({ job, index, publish: messages[index]! });
      if (this.#channel === undefined) this.#awaitConnection(job);
      else this.#pump();
    });
  }

  /** The channel follows the connection; only its absence for good has to be told. */
  #awaitConnection(job: Job): void {
    this.#connection.wait().catch((error: unknown) => {
      job.fail(error);
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#failAll(closedError());
  }

  async #open(model: ChannelModel): Promise<void> {
    let channel: ConfirmChannel;
    try {
      channel = await model.createConfirmChannel({ highWaterMark: unconfirmedMax });
    } catch (error) {
      if (!isLostConnection(error)) this.#failAll(refusalOf(error));
      return;
    }
    if (this.#connection.model !== model || this.#isClosed) return;
    channel.on('error', (error) => {
      // The server closed the channel for something in flight, and does not say for which message.
      if (channel === this.#channel) this.#failUnconfirmed(refusalOf(error));
    });
    channel.on('close', () => {
      if (channel !== this.#channel) return;
      this.#lost();
      if (this.#connection.model === model && !this.#isClosed) void this.#open(model);
    });
    channel.on('return', (message) => {
      this.#returned(message);
    });
    this.#channel = channel;
    this.#pump();
  }

  #lost(): void {
    this.#channel = undefined;
    this.#waiting = [...this.#unconfirmed, ...this.#waiting.slice(this.#head)];
    this.#head = 0;
    this.#unconfirmed.clear();
    this.#unconfirmedBytes = 0;
  }

  #pump(): void {
    while (
      this.#channel !== undefined &&
      !this.#isBlocked &&
      this.#unconfirmed.size < unconfirmedMax &&
      this.#unconfirmedBytes < unconfirmedBytesMax
    ) {
      const entry = this.#waiting[this.#head];
      if (entry === undefined) break;
      this.#head++;
      if (!entry.job.isOver && !this.#hand(this.#channel, entry)) return;
    }
    this.#trim();
  }

  /** Forgets what was handed over, without an allocation where nothing waits. */
  #trim(): void {
    if (this.#head === this.#waiting.length) this.#waiting.length = 0;
    else if (this.#head >= unconfirmedMax) this.#waiting.splice(0, this.#head);
    else return;
    this.#head = 0;
  }

  /** False when the channel is gone; the entry is published on the next one. */
  #hand(channel: ConfirmChannel, entry: Entry): boolean {
    const { exchange, routingKey, body, options } = entry.publish;
    this.#unconfirmed.add(entry);
    this.#unconfirmedBytes += body.length;
    try {
      channel.publish(exchange, routingKey, body, options, (error) => {
        this.#confirmed(entry, error);
      });
      return true;
    } catch (error) {
      if (isLostConnection(error)) return false;
      this.#remove(entry);
      entry.job.fail(refusalOf(error));
      return true;
    }
  }

  #confirmed(entry: Entry, error: unknown): void {
    // Not among the unconfirmed: it was published again on another channel.
    if (!this.#unconfirmed.has(entry)) return;
    if (error instanceof Error && error.message !== 'message nacked') return;
    this.#remove(entry);
    const { job } = entry;
    if (error instanceof Error) job.refused.push(entry.index);
    job.confirmOne();
    this.#pump();
  }

  #remove(entry: Entry): void {
    if (this.#unconfirmed.delete(entry)) this.#unconfirmedBytes -= entry.publish.body.length;
  }

  /** Comes before the confirm of the same message. Rare: a scan of what is unconfirmed costs less than an index. */
  #returned(message: Message): void {
    const messageId: unknown = message.properties.messageId;
    for (const { publish, job, index } of this.#unconfirmed) {
      if (publish.options.messageId !== messageId) continue;
      job.unroutable.push(index);
      return;
    }
  }

  #failUnconfirmed(error: SluiceError): void {
    for (const { job } of this.#unconfirmed) job.fail(error);
    this.#unconfirmed.clear();
    this.#unconfirmedBytes = 0;
  }

  #failAll(error: SluiceError): void {
    this.#failUnconfirmed(error);
    for (const { job } of this.#waiting.splice(0)) job.fail(error);
    this.#head = 0;
  }
}

function failWith(job: Job, signal: AbortSignal): void {
  const giveUp = (): void => {
    job.fail(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
}
