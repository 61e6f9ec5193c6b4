/** A channel's sink that copies whatever reaches it. */
import {
  decodeProperties,
  decodeText,
  type ChannelSink,
  type ContentProperties,
  type MessageView,
} from '../../src/broker/index.js';

/** One delivery, copied out of the view. */
export interface RecordedDelivery {
  readonly consumerTag: string;
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: ContentProperties;
  readonly body: Buffer;
  readonly releaseSequence: number;
}

export class RecordingSink implements ChannelSink {
  readonly deliveries: RecordedDelivery[] = [];
  readonly cancelled: string[] = [];
  readonly failures: string[] = [];
  hearsCancels = true;

  deliver(
    consumerTag: string,
    _consumerTagBytes: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    releaseSequence: number,
  ): void {
    const copied = copyView(message);
    this.deliveries.push({ consumerTag, deliveryTag, redelivered, ...copied, releaseSequence });
  }

  consumerCancelled(consumerTag: string): void {
    this.cancelled.push(consumerTag);
  }

  channelFailed(code: 'precondition-failed', message: string): void {
    this.failures.push(`${code}: ${message}`);
  }

  /** The bodies so far, as text. */
  get bodies(): string[] {
    return this.deliveries.map(({ body }) => body.toString());
  }
}

/** Everything a view shows, copied. */
export function copyView(
  message: MessageView,
): Pick<RecordedDelivery, 'exchange' | 'routingKey' | 'properties' | 'body'> {
  const { buffer, routeStart, routeEnd } = message;
  const exchangeEnd = routeStart + 1 + buffer[routeStart]!;
  return {
    exchange: decodeText(buffer, routeStart + 1, exchangeEnd),
    routingKey: decodeText(buffer, exchangeEnd + 1, routeEnd),
    properties: decodeProperties(message.propertiesBuffer, message.propertiesStart, message.propertiesEnd),
    body: Buffer.from(message.bodyBuffer.subarray(message.bodyStart, message.bodyEnd)),
  };
}
