/** A delivered message of plain values, for tests of what lies between an engine and a program. */
import type { DeliveredContent, MessageProperties } from '../index.js';

export function plainContent(text: string, properties: MessageProperties = {}): DeliveredContent {
  return {
    exchange: '',
    routingKey: 'q',
    properties,
    messageId: properties.messageId,
    type: properties.type,
    header: (name) => properties.headers?.[name],
    body: Buffer.from(text),
    text: () => text,
    redelivered: false,
  };
}
