/**
 * Requests to a Sluice server on one channel, many under way at a time: docs/formats/requests.md. Invariant: every
 * question is answered once, by the server or by the channel's end.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import { errorCodes, SluiceError, type ErrorCode } from '../../kernel/index.js';

const exchange = 'sluice';
const replyQueue = 'amq.rabbitmq.reply-to';

/** Unanswered at a time; more gains nothing, and what waits here costs the server no memory. */
const unansweredMax = 1_000;

/** Headers as the client library has them. */
export type WireHeaders = Readonly<Record<string, unknown>>;

export interface RequestAnswer {
  readonly status: string;
  readonly headers: WireHeaders;
  readonly body: Buffer;
}

/** What is asked; the body is sent before the call returns, or copied. */
export interface Question {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly body?: Buffer;
  /** Told of what comes after the answer. */
  readonly onEvent?: (event: RequestAnswer) => void;
}

interface Pending {
  readonly question: Question;
  readonly resolve: (answer: RequestAnswer) => void;
  readonly reject: (error: SluiceError) => void;
}

const noBody = Buffer.alloc(0);

export class RequestChannel {
  readonly #channel: Channel;
  readonly #onTag: (tag: number) => void;
  readonly #pending = new Map<string, Pending>();
  readonly #events = new Map<string, (event: RequestAnswer) => void>();
  #waiting: Pending[] = [];
  #numbers = 0;
  #end: SluiceError | undefined;

  private constructor(channel: Channel, onTag: (tag: number) => void) {
    this.#channel = channel;
    this.#onTag = onTag;
  }

  /** Begins to take answers on a channel; `onTag` hears of the delivery tags that they use up. */
  static async open(
    channel: Channel,
    onTag: (tag: number) => void = () => undefined,
  ): Promise<RequestChannel> {
    const requests = new RequestChannel(channel, onTag);
    const take = (message: ConsumeMessage | null): void => {
      if (message !== null) requests.#take(message);
    };
    await channel.consume(replyQueue, take, { noAck: true });
    return requests;
  }

  /** Rejects with what the server refused, or `connection-failed` where the channel ended before the answer. */
  ask(question: Question): Promise<RequestAnswer> {
    return new Promise((resolve, reject) => {
      const pending = { question, resolve, reject };
      if (this.#end !== undefined) reject(this.#end);
      else if (this.#pending.size < unansweredMax) this.#send(pending);
      else this.#waiting.push(kept(pending));
    });
  }

  /** Asks what nobody waits for. Throws when the channel is gone. */
  tell({ operation, headers, body = noBody }: Question): void {
    this.#channel.publish(exchange, operation, body, { headers });
  }

  /** The channel is gone: whoever waits is told why. */
  end(error: SluiceError = lostAnswer()): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    for (const { reject } of [...this.#pending.values(), ...this.#waiting]) reject(error);
    this.#pending.clear();
    this.#events.clear();
    this.#waiting = [];
  }

  #send(pending: Pending): void {
    const { operation, headers, body = noBody, onEvent } = pending.question;
    const correlationId = (++this.#numbers).toString(36);
    try {
      this.#channel.publish(exchange, operation, body, { headers, correlationId, replyTo: replyQueue });
    } catch {
      // The channel closed and has not said so yet.
      pending.reject(lostAnswer());
      return;
    }
    this.#pending.set(correlationId, pending);
    if (onEvent !== undefined) this.#events.set(correlationId, onEvent);
  }

  #take({ fields, properties, content }: ConsumeMessage): void {
    this.#onTag(fields.deliveryTag);
    const headers = (properties.headers ?? {}) as WireHeaders;
    const status = String(headers['status']);
    const correlationId = String(properties.correlationId);
    if (status === 'event') {
      this.#events.get(correlationId)?.({ status, headers, body: content });
      return;
    }
    const pending = this.#pending.get(correlationId);
    if (pending === undefined) return;
    this.#pending.delete(correlationId);
    if (status !== 'ok') this.#events.delete(correlationId);
    if (status === 'refused') pending.reject(refusalIn(headers));
    else pending.resolve({ status, headers, body: content });
    const next = this.#waiting.shift();
    if (next !== undefined) this.#send(next);
  }

  /** No more events of a question. */
  forget(onEvent: (event: RequestAnswer) => void): void {
    for (const [id, known] of this.#events) if (known === onEvent) this.#events.delete(id);
  }
}

/** The question outlives the call: its body is the caller's. */
function kept(pending: Pending): Pending {
  const { question } = pending;
  return question.body === undefined
    ? pending
    : { ...pending, question: { ...question, body: Buffer.from(question.body) } };
}

function refusalIn({ code, text, retryable }: WireHeaders): SluiceError {
  const known = (errorCodes as readonly unknown[]).includes(code) ? (code as ErrorCode) : 'refused';
  return new SluiceError(known, String(text), { retryable: retryable === true });
}

function lostAnswer(): SluiceError {
  return new SluiceError(
    'connection-failed',
    'the connection was lost before the answer: what was asked may be done',
    {
      retryable: true,
    },
  );
}

/** The answer; undefined: the channel ended before it. Rejects with what the server refused. */
export async function unlessLost(asked: Promise<RequestAnswer>): Promise<RequestAnswer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'connection-failed') return undefined;
    throw error;
  }
}
