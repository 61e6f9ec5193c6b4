/**
 * Direct reply-to: a client consumes from `amq.rabbitmq.reply-to`, its requests carry a made-up queue name in
 * `reply-to`, and what is published to that name goes straight to the client's channel. Nothing is stored.
 */
import type { Random } from '../kernel/index.js';
import { encodeText, scanProperties, textBytes, withProperty } from './content/index.js';
import type { Answer, ChannelSink, InboundMessage, LargeBody } from './face.js';
import { newMessageView } from './publish-record.js';
import type { Unacknowledged } from './unacknowledged.js';

/** The queue name that stands for direct replies. */
export const replyQueueName = 'amq.rabbitmq.reply-to';
const replyPrefix = `${replyQueueName}.`;

/** Who waits for replies under one made-up name. */
export interface ReplyTarget {
  readonly name: string;
  readonly consumerTag: string;
  readonly consumerTagBytes: Buffer;
  readonly sink: ChannelSink;
  readonly unacknowledged: Unacknowledged;
}

export class ReplyTargets {
  readonly #targets = new Map<string, ReplyTarget>();
  readonly #view = newMessageView();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(consumerTag: string, sink: ChannelSink, unacknowledged: Unacknowledged): ReplyTarget {
    // The name is the only proof of the right to reply, so it must not be guessed.
    const name = replyPrefix + this.#random.bytes(18).toString('base64url');
    const bytes = Buffer.from(consumerTag);
    const consumerTagBytes = Buffer.concat([Buffer.from([bytes.length]), bytes]);
    const target = { name, consumerTag, consumerTagBytes, sink, unacknowledged };
    this.#targets.set(name, target);
    return target;
  }

  remove(target: ReplyTarget): void {
    this.#targets.delete(target.name);
  }

  isReplyName(routingKey: string): boolean {
    return routingKey.startsWith(replyPrefix);
  }

  has(name: string): boolean {
    return this.#targets.has(name);
  }

  /** Whether the one who waits under that name takes large bodies piece by piece. */
  takesPieces(name: string): boolean {
    return this.#targets.get(name)?.sink.takesPieces ?? false;
  }

  /** Hands a reply over, if somebody still waits under that name: whole, or with a large body. */
  deliver(message: InboundMessage, nowMs: number, large?: LargeBody): void {
    const target = this.#targets.get(message.routingKey);
    if (target === undefined) return;
    const view = this.#view;
    view.buffer = message.routeBuffer;
    view.routeStart = message.routeStart;
    view.routeEnd = message.routeEnd;
    view.propertiesBuffer = message.propertiesBuffer;
    view.propertiesStart = message.propertiesStart;
    view.propertiesEnd = message.propertiesEnd;
    view.bodyBuffer = message.bodyBuffer;
    view.bodyStart = message.bodyStart;
    view.bodyEnd = message.bodyEnd;
    view.arrivalMs = nowMs;
    view.large = large;
    this.#send(target, 0);
  }

  /** Hands an answer of the broker over, to be kept back until its `sequence` is durable. */
  answer(name: string, { properties, body, sequence }: Omit<Answer, 'replyTo'>, nowMs: number): void {
    const target = this.#targets.get(name);
    if (target === undefined) return;
    const view = this.#view;
    // The default exchange, and the name as routing key.
    const route = Buffer.alloc(2 + textBytes(name));
    route[1] = encodeText(route, 2, name) - 2;
    view.buffer = route;
    view.routeStart = 0;
    view.routeEnd = route.length;
    view.propertiesBuffer = properties;
    view.propertiesStart = 0;
    view.propertiesEnd = properties.length;
    view.bodyBuffer = body;
    view.bodyStart = 0;
    view.bodyEnd = body.length;
    view.arrivalMs = nowMs;
    view.large = undefined;
    this.#send(target, sequence);
  }

  #send(target: ReplyTarget, sequence: number): void {
    const tag = target.unacknowledged.skip();
    target.sink.deliver(target.consumerTag, target.consumerTagBytes, tag, false, this.#view, sequence);
  }
}

/** Whether the message asks for replies to whoever sends it. */
export function asksForDirectReply(message: InboundMessage): boolean {
  const { scan } = message;
  if (scan.replyToStart < 0 || scan.replyToEnd - scan.replyToStart !== replyQueueName.length) return false;
  return message.propertiesBuffer.toString('latin1', scan.replyToStart, scan.replyToEnd) === replyQueueName;
}

/** Puts the made-up name in the place of the well-known one. */
export function addressReplies(message: InboundMessage, name: string): void {
  const properties = message.propertiesBuffer.subarray(message.propertiesStart, message.propertiesEnd);
  const encoded = Buffer.alloc(1 + textBytes(name));
  encoded[0] = encoded.length - 1;
  encodeText(encoded, 1, name);
  const changed = withProperty(properties, 'replyTo', encoded);
  message.propertiesBuffer = changed;
  message.propertiesStart = 0;
  message.propertiesEnd = changed.length;
  scanProperties(changed, 0, changed.length, message.scan);
}
