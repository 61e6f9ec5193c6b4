/** Properties of messages that are the same in the engine port and in the broker. */

/** Those of a message on its way in: who sent it is not the program's to say. */
export const sentProperties = [
  'contentType',
  'contentEncoding',
  'priority',
  'correlationId',
  'replyTo',
  'messageId',
  'type',
  'appId',
] as const;

/** Those of a message on its way out. */
export const receivedProperties = [...sentProperties, 'userId'] as const;
