/** Messages of the engine port as the client library publishes them. */
import type { Options } from 'amqplib';
import { SluiceError } from '../../kernel/index.js';
import { headersOf, type EngineMessage } from '../index.js';
import { toWire } from './header-values.js';
import type { OutgoingPublish } from './publisher.js';

/** RabbitMQ 4 and Sluice refuse larger bodies by closing the channel, and all that is in flight with it. */
const bodyBytesMax = 16 * 1024 * 1024;

/**
 * Throws `limit-reached` for a body that is too large. `messageId` is used where the message has none: it stays the
 * same when the message is sent again after a lost connection.
 */
export function outgoingPublish(
  exchange: string,
  routingKey: string,
  message: EngineMessage,
  messageId: string,
): OutgoingPublish {
  const { body } = message;
  if (body.length > bodyBytesMax) {
    throw new SluiceError(
      'limit-reached',
      `a message body of ${body.length} bytes is over the limit of ${bodyBytesMax}`,
      { details: { bytes: body.length, bytesMax: bodyBytesMax } },
    );
  }
  return { exchange, routingKey, body, options: optionsOf(message, message.messageId ?? messageId) };
}

function optionsOf(
  message: EngineMessage,
  messageId: string,
): Options.Publish & { readonly messageId: string } {
  const options: Options.Publish & { messageId: string } = { mandatory: true, persistent: true, messageId };
  const { contentType, contentEncoding, priority, correlationId, replyTo, type, appId } = message;
  const headers = headersOf(message);
  if (contentType !== undefined) options.contentType = contentType;
  if (contentEncoding !== undefined) options.contentEncoding = contentEncoding;
  if (headers !== undefined) options.headers = toWire(headers);
  if (priority !== undefined) options.priority = priority;
  if (correlationId !== undefined) options.correlationId = correlationId;
  if (replyTo !== undefined) options.replyTo = replyTo;
  if (message.expirationMs !== undefined) options.expiration = String(message.expirationMs);
  if (message.timestamp !== undefined)
    options.timestamp = Math.max(0, Math.floor(message.timestamp.getTime() / 1000));
  if (type !== undefined) options.type = type;
  if (appId !== undefined) options.appId = appId;
  return options;
}
