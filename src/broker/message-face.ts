/**
 * The shapes of messages on their way through the broker: in, stored, and out, whole or piece by piece. Invariant:
 * they are views of bytes that others own, valid as long as each says.
 */
import type { SluiceError } from '../kernel/index.js';
import type { PropertyScan } from './content/index.js';

/** One message as stored, for the time of one call; every field is overwritten by the next. */
export interface MessageView {
  /** Holds the route names and the properties. */
  buffer: Buffer;
  /** Start of the exchange name and the routing key: two short strings (length octet, bytes) in a row. */
  routeStart: number;
  routeEnd: number;
  /** The properties as in an AMQP content header: flags, then the property list. */
  propertiesBuffer: Buffer;
  propertiesStart: number;
  propertiesEnd: number;
  bodyBuffer: Buffer;
  bodyStart: number;
  bodyEnd: number;
  /** When the broker accepted it, in milliseconds since the Unix epoch. */
  arrivalMs: number;
  /** The body, where it is a large one and `ChannelSink.takesPieces`; the body span is then empty. */
  large: LargeBody | undefined;
}

/** A body over 64 KiB, left where it is stored for whoever takes it piece by piece. */
export interface LargeBody {
  readonly bytes: number;
  /** The bytes of each piece, in order. */
  readonly pieces: readonly { readonly length: number }[];
  /** Only while the view that shows the body is valid. Close the reader, or the pieces stay on disk. */
  open(): BodyReader;
}

/** Reads the pieces of one body, which stay readable whatever becomes of the message, until it is closed. */
export interface BodyReader {
  /** The next piece, `buffer[start..end)`, valid until control returns; undefined: it must be loaded first. */
  take(): { readonly buffer: Buffer; readonly start: number; readonly end: number } | undefined;
  /** Reads what the last `take` missed. Take it when called back: it may have left memory later. */
  load(whenLoaded: (error?: SluiceError) => void): void;
  /** A piece cannot be read: unless the message is settled or with a client, nobody gets it any more. */
  giveUp(error: SluiceError): void;
  /** Gives the pieces up; safe to call twice. Nothing is called back any more. */
  close(): void;
}

/** A message on its way in. The caller reuses one object; the broker copies what it keeps. */
export interface InboundMessage {
  exchange: string;
  routingKey: string;
  /** The same two names as short strings in a row, as they came. */
  routeBuffer: Buffer;
  routeStart: number;
  routeEnd: number;
  mandatory: boolean;
  propertiesBuffer: Buffer;
  propertiesStart: number;
  propertiesEnd: number;
  /** What `scanProperties` read from the properties. */
  scan: PropertyScan;
  bodyBuffer: Buffer;
  bodyStart: number;
  bodyEnd: number;
  /** Set for a body that came as chunk records (`Broker.appendChunk`); the body span is then empty. */
  chunks: readonly ChunkReference[] | undefined;
}

/** Where a piece of a large body stands in the journal. */
export interface ChunkReference {
  readonly segment: number;
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}
