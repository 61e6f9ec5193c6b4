/** Makes the messages that tests publish: the broker's inbound shape from plain values. */
import {
  encodeProperties,
  encodeText,
  fieldTable,
  PropertyScan,
  scanProperties,
  textBytes,
  type ChunkReference,
  type ContentProperties,
  type InboundMessage,
} from '../../src/broker/index.js';

export interface MessageChoice {
  /** The default exchange when left out. */
  readonly exchange?: string;
  readonly routingKey: string;
  readonly body?: Buffer | string;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Persistent unless these say otherwise. */
  readonly properties?: Omit<ContentProperties, 'headers'>;
  readonly mandatory?: boolean;
  readonly chunks?: readonly ChunkReference[];
}

/** A message as a protocol would hand it over, every span in a buffer of its own. */
export function inboundMessage(choice: MessageChoice): InboundMessage {
  const { exchange = '', routingKey, headers } = choice;
  const properties = encodeProperties({
    deliveryMode: 2,
    ...choice.properties,
    ...(headers === undefined ? {} : { headers: fieldTable(headers) }),
  });
  return rawInboundMessage(exchange, routingKey, properties, Buffer.from(choice.body ?? ''), choice);
}

/** A message with properties that are encoded already, malformed ones for example. */
export function rawInboundMessage(
  exchange: string,
  routingKey: string,
  properties: Buffer,
  body: Buffer,
  choice: Pick<MessageChoice, 'mandatory' | 'chunks'> = {},
): InboundMessage {
  const scan = new PropertyScan();
  scanProperties(properties, 0, properties.length, scan);
  const route = Buffer.concat([shortString(exchange), shortString(routingKey)]);
  return {
    exchange,
    routingKey,
    routeBuffer: route,
    routeStart: 0,
    routeEnd: route.length,
    mandatory: choice.mandatory ?? false,
    propertiesBuffer: properties,
    propertiesStart: 0,
    propertiesEnd: properties.length,
    scan,
    bodyBuffer: body,
    bodyStart: 0,
    bodyEnd: body.length,
    chunks: choice.chunks,
  };
}

function shortString(text: string): Buffer {
  const bytes = Buffer.alloc(1 + textBytes(text));
  bytes[0] = bytes.length - 1;
  encodeText(bytes, 1, text);
  return bytes;
}
