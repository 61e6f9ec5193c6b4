/** A test's client that makes requests of the exchange `sluice` and reads their answers, on one channel. */
import {
  decodeProperties,
  encodeProperties,
  fieldTable,
  toPlain,
  type PlainValue,
} from '../../../broker/index.js';
import type { Method, MethodName, MethodOf } from '../codec/index.js';
import { queueDeclare, type OpenOptions, type PublishOptions, type TestClient } from './test-client.js';
import type { TestServer } from './test-server.js';

export interface AnswerSeen {
  readonly headers: Readonly<Record<string, PlainValue>>;
  readonly body: string;
}

/** One step of a commit, written out. */
export type Step =
  | { readonly kind: 'acknowledge'; readonly tag: number }
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: string;
      readonly ttlMs?: number;
      readonly expected?: 'absent';
    }
  | { readonly kind: 'send'; readonly queue: string; readonly properties: Buffer; readonly body: string };

const consume = {
  name: 'basic.consume',
  noLocal: false,
  exclusive: false,
  noWait: false,
  arguments: fieldTable({}),
} as const;

export class RequestClient {
  readonly #client: TestClient;

  private constructor(client: TestClient) {
    this.#client = client;
  }

  /** Opens channel 1 and consumes direct replies on it. */
  static async open(server: TestServer, options: OpenOptions = {}): Promise<RequestClient> {
    const client = await server.open(options);
    await client.channel();
    client.send(1, { ...consume, queue: 'amq.rabbitmq.reply-to', consumerTag: 'replies', noAck: true });
    await client.next('basic.consume-ok');
    return new RequestClient(client);
  }

  /** The body of a `commit`. */
  static commitBody(steps: readonly Step[]): Buffer {
    return Buffer.concat(steps.map(stepBytes));
  }

  async ask(
    operation: string,
    headers: Record<string, unknown>,
    body: Buffer | string = '',
  ): Promise<AnswerSeen> {
    this.request(operation, headers, body);
    return this.answer();
  }

  /** Asks without waiting for the answer. */
  request(operation: string, headers: Record<string, unknown>, body: Buffer | string = ''): void {
    const properties = encodeProperties({
      headers: fieldTable(headers),
      replyTo: 'amq.rabbitmq.reply-to',
    });
    this.#client.publish(operation, body, { exchange: 'sluice', properties });
  }

  async answer(): Promise<AnswerSeen> {
    await this.#client.next('basic.deliver');
    const { properties, body } = await this.#client.content();
    const headers = toPlain(decodeProperties(properties).headers ?? fieldTable({}));
    return { headers, body: body.toString() };
  }

  /** Makes a queue with one message and takes that; gives its delivery tag. */
  async deliveryOf(queue: string, body: string): Promise<number> {
    await this.queue(queue);
    this.publish(queue, body);
    this.send(1, { ...consume, queue, consumerTag: `of ${queue}`, noAck: false });
    await this.next('basic.consume-ok');
    const { deliveryTag } = await this.next('basic.deliver');
    await this.content();
    return deliveryTag;
  }

  /** The body of the first message of a queue, which is gone with that. */
  async get(queue: string): Promise<string> {
    this.send(1, { name: 'basic.get', queue, noAck: true });
    await this.next('basic.get-ok');
    return (await this.content()).body.toString();
  }

  async queue(queue: string, settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.send(1, { ...queueDeclare, queue, arguments: fieldTable(settings) });
    await this.next('queue.declare-ok');
  }

  send(channel: number, method: Method): void {
    this.#client.send(channel, method);
  }

  publish(routingKey: string, body: Buffer | string, options?: Partial<PublishOptions>): void {
    this.#client.publish(routingKey, body, options);
  }

  next<Name extends MethodName>(name: Name): Promise<MethodOf<Name>> {
    return this.#client.next(name);
  }

  content(): Promise<{ readonly properties: Buffer; readonly body: Buffer }> {
    return this.#client.content();
  }
}

function stepBytes(step: Step): Buffer {
  switch (step.kind) {
    case 'acknowledge':
      return Buffer.concat([number(1, 1), number(step.tag, 8)]);
    case 'put': {
      const { key, value, ttlMs, expected } = step;
      const flags = (ttlMs === undefined ? 0 : 1) | (expected === 'absent' ? 2 : 0);
      const ttl = ttlMs === undefined ? Buffer.alloc(0) : number(ttlMs, 8);
      return Buffer.concat([number(2, 1), number(flags, 1), ttl, sized(key, 2), sized(value, 4)]);
    }
    case 'send':
      return Buffer.concat([
        ...[number(3, 1), sized('', 1), sized(step.queue, 1)],
        ...[sized(step.properties, 4), sized(step.body, 4)],
      ]);
  }
}

function sized(content: string | Buffer, lengthBytes: number): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([number(bytes.length, lengthBytes), bytes]);
}

function number(value: number, bytes: number): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64BE(BigInt(value));
  return encoded.subarray(8 - bytes);
}
