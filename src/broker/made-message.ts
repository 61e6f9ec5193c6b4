/** Messages that the broker itself makes: dead letters, what a delayed exchange held, answers. */
import { encodeText, PropertyScan, scanProperties, textBytes } from './content/index.js';
import type { InboundMessage } from './face.js';

/** `scan` may be used again once the message is published. */
export function inboundOf(
  exchange: string,
  routingKey: string,
  properties: Buffer,
  body: Buffer,
  chunks: InboundMessage['chunks'],
  scan = new PropertyScan(),
): InboundMessage {
  scanProperties(properties, 0, properties.length, scan);
  const route = shortStrings(exchange, routingKey);
  return {
    exchange,
    routingKey,
    routeBuffer: route,
    routeStart: 0,
    routeEnd: route.length,
    mandatory: false,
    propertiesBuffer: properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    scan,
    bodyBuffer: body,
    bodyStart: 0,
    bodyEnd: body.length,
    chunks,
  };
}

/** Texts as short strings in a row. */
function shortStrings(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => {
      const bytes = Buffer.alloc(1 + textBytes(text));
      bytes[0] = bytes.length - 1;
      encodeText(bytes, 1, text);
      return bytes;
    }),
  );
}
