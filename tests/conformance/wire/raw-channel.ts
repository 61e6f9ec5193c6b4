/** One channel of a raw connection: calls with their replies, publishes, deliveries, and refusals. */
import { closeOf, type Close } from './close.js';
import type { Incoming } from './decode.js';
import { contentFrames, methodFrame } from './encode.js';
import type { Inbox } from './inbox.js';
import type { Arguments } from './reader.js';
import type { Table } from './values.js';

/** A message as the tests look at it. */
export interface Message {
  readonly tag: number;
  readonly body: string;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly consumerTag: string;
  readonly properties: Arguments;
  readonly headers: Record<string, unknown>;
  /** Of `get` only: how many are left. */
  readonly left: number;
}

/** Where and how to publish. */
export interface Publish {
  readonly exchange?: string;
  readonly mandatory?: boolean;
  readonly immediate?: boolean;
  readonly properties?: Table;
}

export function messageOf(incoming: Incoming): Message {
  const { args, properties, body } = incoming;
  return {
    tag: args['deliveryTag'] as number,
    body: body.toString(),
    redelivered: args['redelivered'] as boolean,
    exchange: args['exchange'] as string,
    routingKey: args['routingKey'] as string,
    consumerTag: args['consumerTag'] as string,
    properties,
    headers: (properties['headers'] ?? {}) as Record<string, unknown>,
    left: args['messageCount'] as number,
  };
}

/** What a channel needs of its connection. */
export interface Wire {
  readonly frameMax: number;
  write(bytes: Buffer): void;
  send(channel: number, name: string, args: Table): void;
  inbox(channel: number): Inbox;
  next(channel: number, name: string): Promise<Incoming>;
}

export class RawChannel<Connection extends Wire = Wire> {
  readonly connection: Connection;
  readonly number: number;

  constructor(connection: Connection, number: number) {
    this.connection = connection;
    this.number = number;
  }

  send(name: string, args: Table = {}): void {
    this.connection.send(this.number, name, args);
  }

  /** Sends and waits for the reply, whatever else arrives in between; throws when the server closes. */
  async call(name: string, args: Table = {}): Promise<Arguments> {
    this.send(name, args);
    const replies = [`${name}-ok`, 'channel.close'];
    const inbox = this.connection.inbox(this.number);
    const reply = await inbox.take(`${name}-ok`, (incoming) => replies.includes(incoming.name));
    if (reply.name !== 'channel.close') return reply.args;
    this.send('channel.close-ok');
    const { code, text } = closeOf(reply);
    throw new Error(`${name} was refused: ${code} ${text}`);
  }

  /** The server's `channel.close`, answered. */
  async closed(): Promise<Close> {
    const inbox = this.connection.inbox(this.number);
    const incoming = await inbox.take('channel.close', ({ name }) => name === 'channel.close');
    this.send('channel.close-ok');
    return closeOf(incoming);
  }

  /** Sends what the server must answer by closing the channel; gives that close. */
  async refused(name: string, args: Table = {}): Promise<Close> {
    this.send(name, args);
    return this.closed();
  }

  /** The next arrival, which must be `name`. */
  next(name: string): Promise<Incoming> {
    return this.connection.next(this.number, name);
  }

  /** The next delivery. */
  async delivery(): Promise<Message> {
    return messageOf(await this.next('basic.deliver'));
  }

  /** The next `count` deliveries' bodies. */
  async bodies(count: number): Promise<string[]> {
    const bodies: string[] = [];
    while (bodies.length < count) bodies.push((await this.delivery()).body);
    return bodies;
  }

  /** What has arrived unasked by the time the server has answered a round trip on this channel. */
  async arrivedByNow(): Promise<string[]> {
    await this.call('basic.qos', { prefetchCount: 0, global: true });
    return this.connection.inbox(this.number).items.map(({ name }) => name);
  }

  publish(routingKey: string, body: string | Buffer, options: Publish = {}): void {
    const { exchange = '', mandatory = false, immediate = false, properties = {} } = options;
    const method = methodFrame(this.number, 'basic.publish', { exchange, routingKey, mandatory, immediate });
    const content = contentFrames(
      this.number,
      Buffer.isBuffer(body) ? body : Buffer.from(body),
      properties,
      this.connection.frameMax,
    );
    this.connection.write(Buffer.concat([method, content]));
  }

  /** Publishes on a channel in confirm mode and waits for the answer: `ack` or `nack`. */
  async confirmed(routingKey: string, body: string | Buffer, options?: Publish): Promise<'ack' | 'nack'> {
    this.publish(routingKey, body, options);
    const inbox = this.connection.inbox(this.number);
    const answers = ['basic.ack', 'basic.nack', 'channel.close'];
    const answer = await inbox.take('a confirm', ({ name }) => answers.includes(name));
    if (answer.name === 'channel.close') throw new Error(`publish was refused: ${closeOf(answer).text}`);
    return answer.name === 'basic.ack' ? 'ack' : 'nack';
  }

  /** `basic.get`; undefined when the queue is empty. */
  async get(queue: string, noAck = true): Promise<Message | undefined> {
    this.send('basic.get', { queue, noAck });
    const inbox = this.connection.inbox(this.number);
    const answers = ['basic.get-ok', 'basic.get-empty', 'channel.close'];
    const answer = await inbox.take('get-ok', ({ name }) => answers.includes(name));
    if (answer.name === 'channel.close') throw new Error(`get was refused: ${closeOf(answer).text}`);
    return answer.name === 'basic.get-ok' ? messageOf(answer) : undefined;
  }

  /** Everything in a queue, taken with `basic.get`. */
  async drain(queue: string): Promise<string[]> {
    const bodies: string[] = [];
    for (;;) {
      const message = await this.get(queue);
      if (message === undefined) return bodies;
      bodies.push(message.body);
    }
  }

  /** The next `count` messages of a queue, waited for, and then that it is empty: for what is on its way. */
  async takeAll(queue: string, count: number): Promise<string[]> {
    if (count === 0) return this.drain(queue);
    const consumerTag = await this.consume(queue, { noAck: true });
    const bodies = await this.bodies(count);
    await this.call('basic.cancel', { consumerTag });
    return [...bodies, ...(await this.drain(queue))];
  }

  /** Starts consuming; gives the consumer's tag. */
  async consume(queue: string, args: Table = {}): Promise<string> {
    const reply = await this.call('basic.consume', { queue, ...args });
    return reply['consumerTag'] as string;
  }

  ack(tag: number, multiple = false): void {
    this.send('basic.ack', { deliveryTag: tag, multiple });
  }

  nack(tag: number, requeue: boolean, multiple = false): void {
    this.send('basic.nack', { deliveryTag: tag, requeue, multiple });
  }

  /** Declares a queue; gives its name. Durable unless told otherwise. */
  async queue(name: string, args: Table = {}, flags: Table = {}): Promise<string> {
    const reply = await this.call('queue.declare', { queue: name, durable: true, ...flags, arguments: args });
    return reply['queue'] as string;
  }

  /** Messages ready and consumers, by a passive declare. */
  async counts(queue: string): Promise<{ messages: number; consumers: number }> {
    const reply = await this.call('queue.declare', { queue, passive: true });
    return { messages: reply['messageCount'] as number, consumers: reply['consumerCount'] as number };
  }

  async exchange(exchange: string, type: string, args: Table = {}, flags: Table = {}): Promise<string> {
    await this.call('exchange.declare', { exchange, type, durable: true, ...flags, arguments: args });
    return exchange;
  }

  async bind(queue: string, exchange: string, routingKey: string, args: Table = {}): Promise<void> {
    await this.call('queue.bind', { queue, exchange, routingKey, arguments: args });
  }

  async close(): Promise<void> {
    await this.call('channel.close', { replyCode: 200, replyText: 'bye' });
  }
}
