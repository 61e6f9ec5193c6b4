/** A message as operations show it: properties by name, the body in base64. */
import {
  decodeProperties,
  decodeText,
  toPlain,
  type ContentProperties,
  type MessageView,
  type PlainValue,
  type StoredMessage,
} from '../broker/index.js';

/** Properties as JSON; only those that the message has. */
export type PlainProperties = Readonly<Record<string, PlainValue>>;

/** A message for people and programs. */
export interface MessageRow {
  readonly exchange: string;
  readonly routingKey: string;
  readonly redelivered: boolean;
  readonly properties: PlainProperties;
  /** Base64. */
  readonly body: string;
  /** Milliseconds since the Unix epoch, as the ones below. */
  readonly arrivalMs: number;
}

/** A message in a queue. */
export interface StoredMessageRow extends MessageRow {
  readonly position: number;
  readonly state: StoredMessage['state'];
  readonly deliveryCount: number;
  readonly expiresMs: number | undefined;
  readonly dueMs: number | undefined;
}

/** One delivery; `tag` goes back in an acknowledgement. */
export interface DeliveredRow extends MessageRow {
  readonly tag: number;
}

/** Encoded properties as JSON. A 64-bit timestamp beyond 2^53 is a decimal string. */
export function plainProperties(encoded: Buffer, start = 0, end = encoded.length): PlainProperties {
  const decoded: ContentProperties = decodeProperties(encoded, start, end);
  const { headers, timestamp, ...rest } = decoded;
  return {
    ...rest,
    ...(timestamp === undefined
      ? {}
      : { timestamp: typeof timestamp === 'bigint' ? timestamp.toString() : timestamp }),
    ...(headers === undefined ? {} : { headers: toPlain(headers) }),
  };
}

/** A view of a message that stays in its queue. */
export function storedMessageRow(message: StoredMessage): StoredMessageRow {
  const { position, state, redelivered, deliveryCount, exchange, routingKey } = message;
  return {
    position,
    state,
    redelivered,
    deliveryCount,
    exchange,
    routingKey,
    properties: plainProperties(message.properties),
    body: message.body.toString('base64'),
    arrivalMs: message.arrivalMs,
    expiresMs: message.expiresMs,
    dueMs: message.dueMs,
  };
}

/** A copy of a message that is being delivered; the view itself does not outlive the call. */
export function deliveredMessageRow(view: MessageView, redelivered: boolean): MessageRow {
  const exchangeEnd = view.routeStart + 1 + (view.buffer[view.routeStart] ?? 0);
  return {
    exchange: decodeText(view.buffer, view.routeStart + 1, exchangeEnd),
    routingKey: decodeText(view.buffer, exchangeEnd + 1, view.routeEnd),
    redelivered,
    properties: plainProperties(view.propertiesBuffer, view.propertiesStart, view.propertiesEnd),
    body: view.bodyBuffer.toString('base64', view.bodyStart, view.bodyEnd),
    arrivalMs: view.arrivalMs,
  };
}
