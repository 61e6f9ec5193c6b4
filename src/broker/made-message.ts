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

/** Two texts as short strings in a row. */
function shortStrings(first: string, second: string): Buffer {
  const firstBytes = textBytes(first);
  const secondBytes = textBytes(second);
  const bytes = Buffer.allocUnsafe(2 + firstBytes + secondBytes);
  bytes[0] = firstBytes;
  encodeText(bytes, 1, first);
  bytes[1 + firstBytes] = secondBytes;
  encodeText(bytes, 2 + firstBytes, second);
  return bytes;
}
