/**
 * Puts messages of the engine port into the form that the broker takes. One reused object; what repeats (names,
 * plain properties) is encoded once. Invariant: between `prepare` and the publish nothing else is prepared.
 */
import {
  encodeProperties,
  encodeText,
  fieldTable,
  PropertyScan,
  scanProperties,
  textBytes,
  type BrokerFace,
  type ChunkReference,
  type ContentProperties,
  type InboundMessage,
} from '../../broker/index.js';
import { SluiceError } from '../../kernel/index.js';
import { headersOf, type EngineMessage, type HeaderTable } from '../index.js';
import { QuickProperties } from './quick-properties.js';
import { sentProperties } from './same-properties.js';

/** Bodies above this are journaled in pieces of it. */
const pieceBytes = 65_536;

/** The largest body, as over AMQP. */
const bodyBytesMax = 16 * 1024 * 1024;

/** Remembered names and content types; a program uses a few. */
const rememberedMax = 1_000;

interface EncodedProperties {
  readonly buffer: Buffer;
  end: number;
  readonly scan: PropertyScan;
}

const emptyBuffer = Buffer.alloc(0);

export class Outbound {
  readonly #broker: Pick<BrokerFace, 'appendChunk'>;
  readonly #routes = new Map<string, Buffer>();
  readonly #plain = new Map<string | undefined, EncodedProperties>();
  readonly #quick = new QuickProperties();
  /** What was encoded last by the quick way. */
  readonly #quickly: EncodedProperties = { buffer: this.#quick.buffer, end: 0, scan: new PropertyScan() };
  readonly #message: InboundMessage = {
    exchange: '',
    routingKey: '',
    routeBuffer: emptyBuffer,
    routeStart: 0,
    routeEnd: 0,
    // What finds no queue is told by the outcome; nothing needs to be returned.
    mandatory: false,
    propertiesBuffer: emptyBuffer,
    propertiesStart: 0,
    propertiesEnd: 0,
    scan: new PropertyScan(),
    bodyBuffer: emptyBuffer,
    bodyStart: 0,
    bodyEnd: 0,
    chunks: undefined,
  };

  constructor(broker: Pick<BrokerFace, 'appendChunk'>) {
    this.#broker = broker;
  }

  /** Throws `bad-input` for a message that cannot be encoded, `limit-reached` for one that is too large. */
  prepare(exchange: string, routingKey: string, message: EngineMessage): InboundMessage {
    const properties = isPlain(message) ? this.#plainProperties(message) : this.#encode(message);
    const route = this.#route(exchange, routingKey);
    const { body } = message;
    if (body.length > bodyBytesMax) throw tooLarge(body.length);
    const inbound = this.#message;
    inbound.exchange = exchange;
    inbound.routingKey = routingKey;
    inbound.routeBuffer = route;
    inbound.routeEnd = route.length;
    inbound.propertiesBuffer = properties.buffer;
    inbound.propertiesEnd = properties.end;
    inbound.scan = properties.scan;
    inbound.bodyBuffer = body;
    inbound.bodyEnd = body.length;
    inbound.chunks = body.length > pieceBytes ? this.#pieces(body) : undefined;
    if (inbound.chunks !== undefined) inbound.bodyEnd = 0;
    return inbound;
  }

  #route(exchange: string, routingKey: string): Buffer {
    const name = `${exchange}\n${routingKey}`;
    const known = this.#routes.get(name);
    if (known !== undefined) return known;
    const route = encodeRoute(exchange, routingKey);
    if (this.#routes.size >= rememberedMax) this.#routes.clear();
    this.#routes.set(name, route);
    return route;
  }

  #plainProperties(message: EngineMessage): EncodedProperties {
    const known = this.#plain.get(message.contentType);
    if (known !== undefined) return known;
    const encoded = encode(message, undefined);
    if (this.#plain.size >= rememberedMax) this.#plain.clear();
    this.#plain.set(message.contentType, encoded);
    return encoded;
  }

  #encode(message: EngineMessage): EncodedProperties {
    const headers = headersOf(message);
    const properties = this.#quickly;
    properties.end = this.#quick.encode(message, headers);
    if (properties.end === 0) return encode(message, headers);
    scanProperties(properties.buffer, 0, properties.end, properties.scan);
    return properties;
  }

  #pieces(body: Buffer): readonly ChunkReference[] {
    const pieces: ChunkReference[] = [];
    for (let at = 0; at < body.length; at += pieceBytes)
      pieces.push(this.#broker.appendChunk(body, at, Math.min(at + pieceBytes, body.length)));
    return pieces;
  }
}

/** Nothing but a body and its type: most messages. */
function isPlain(message: EngineMessage): boolean {
  for (const name in message) if (name !== 'body' && name !== 'contentType') return false;
  return true;
}

function encode(message: EngineMessage, headers: HeaderTable | undefined): EncodedProperties {
  const buffer = encodeProperties(propertiesOf(message, headers));
  const scan = new PropertyScan();
  scanProperties(buffer, 0, buffer.length, scan);
  return { buffer, end: buffer.length, scan };
}

function propertiesOf(message: EngineMessage, headers: HeaderTable | undefined): ContentProperties {
  const properties: { -readonly [Name in keyof ContentProperties]: ContentProperties[Name] } = {
    deliveryMode: 2,
  };
  for (const name of sentProperties)
    if (message[name] !== undefined) properties[name] = message[name] as never;
  if (headers !== undefined) properties.headers = fieldTable(headers);
  if (message.expirationMs !== undefined) properties.expiration = String(message.expirationMs);
  if (message.timestamp !== undefined)
    properties.timestamp = Math.max(0, Math.floor(message.timestamp.getTime() / 1000));
  return properties;
}

/** The two names as short strings in a row. */
function encodeRoute(exchange: string, routingKey: string): Buffer {
  const route = Buffer.alloc(2 + textBytes(exchange) + textBytes(routingKey));
  const middle = encodeText(route, 1, exchange);
  route[0] = middle - 1;
  route[middle] = encodeText(route, middle + 1, routingKey) - middle - 1;
  return route;
}

function tooLarge(bytes: number): SluiceError {
  return new SluiceError(
    'limit-reached',
    `a message body of ${bytes} bytes is over the limit of ${bodyBytesMax}`,
    {
      details: { bytes, bytesMax: bodyBytesMax },
    },
  );
}
