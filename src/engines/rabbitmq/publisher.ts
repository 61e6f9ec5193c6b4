/**
 * Publishes with confirms. Invariants: a job resolves when the server has confirmed all of its messages; what was not
 * confirmed when the connection was lost is published again, in order, with the same message id; a bounded number is
 * unconfirmed at a time.
 */
import type { ChannelModel, ConfirmChannel, Message, Options } from 'amqplib';
import { SluiceError } from '../../kernel/index.js';
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

/** What became of a batch: indexes of messages that no queue took, and that a full queue refused. */
export interface PublishReport {
  readonly unroutable: readonly number[];
  readonly refused: readonly number[];
}

interface Job {
  readonly unroutable: number[];
  readonly refused: number[];
  left: number;
  isOver: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
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
  async publish(messages: readonly OutgoingPublish[], signal?: AbortSignal): Promise<PublishReport> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw closedError();
    const report = { unroutable: [], refused: [] };
    if (messages.length === 0) return report;
    if (this.#channel === undefined) await this.#connection.wait();
    await new Promise<void>((resolve, reject) => {
      const job: Job = { ...report, left: messages.length, isOver: false, resolve, reject };
      signal?.addEventListener(
        'abort',
        () => {
          fail(job, signal.reason);
        },
        { once: true },
      );
      for (const [index, publish] of messages.entries()) this.#waiting.push({ job, index, publish });
      this.#pump();
    });
    return report;
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
    if (this.#head < this.#waiting.length && this.#head < unconfirmedMax) return;
    this.#waiting = this.#waiting.slice(this.#head);
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
      fail(entry.job, refusalOf(error));
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
    if (--job.left === 0 && !job.isOver) {
      job.isOver = true;
      job.resolve();
    }
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
    for (const { job } of this.#unconfirmed) fail(job, error);
    this.#unconfirmed.clear();
    this.#unconfirmedBytes = 0;
  }

  #failAll(error: SluiceError): void {
    this.#failUnconfirmed(error);
    for (const { job } of this.#waiting.splice(0)) fail(job, error);
    this.#head = 0;
  }
}

function fail(job: Job, error: unknown): void {
  if (job.isOver) return;
  job.isOver = true;
  job.reject(error);
}
