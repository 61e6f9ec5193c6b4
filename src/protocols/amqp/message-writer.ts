/**
 * Writes messages into a connection's output: deliveries, answers to `basic.get`, and returns. What fits one
 * buffer is encoded in one piece; larger bodies go frame by frame, those in the journal as the socket takes them.
 * Invariant: a message's frames are contiguous.
 */
import { encodeText, textBytes } from '../../broker/index.js';
import type {
  BodyReader,
  BufferedReturn,
  InboundMessage,
  LargeBody,
  MessageView,
} from '../../broker/index.js';
import type { SluiceError } from '../../kernel/index.js';
import { BodyStream } from './body-stream.js';
import {
  contentHeaderBytes,
  deliverBytes,
  deliverMethodBytes,
  frameOverheadBytes,
  getOkBytes,
  getOkMethodBytes,
  replyCodeLabel,
  replyCodes,
  returnBytes,
  writeBody,
  writeContentHeader,
  writeDeliver,
  writeDeliverMethod,
  writeGetOk,
  writeGetOkMethod,
  writeReturn,
  type ContentSource,
} from './codec/index.js';
import { largeChunkBytes } from './chunk-pool.js';
import type { Output } from './output.js';

/** The method that a content follows. */
interface Opening {
  readonly bytes: number;
  write(target: Buffer, at: number): number;
}

/** Hears of a body that was begun and cannot be sent to its end. */
export type BodyFailed = (error: SluiceError, reader: BodyReader) => void;

const noRouteText = Buffer.from(replyCodeLabel(replyCodes.noRoute));

export class MessageWriter {
  readonly #output: Output;
  /** Shared by all connections, so that an idle one holds no message's buffers. */
  readonly #source: ContentSource;
  readonly #frameBytesMax: number;
  readonly #streamFrameBytesMax: number;
  readonly #bodyFailed: BodyFailed;

  constructor(output: Output, source: ContentSource, frameBytesMax: number, bodyFailed: BodyFailed) {
    this.#output = output;
    this.#source = source;
    this.#streamFrameBytesMax = frameBytesMax;
    this.#bodyFailed = bodyFailed;
    // A frame is written into one buffer.
    this.#frameBytesMax = Math.min(frameBytesMax, largeChunkBytes);
  }

  /** Writes a `basic.deliver`; `sequence` and `durableSequence` as in `Output.commit`. */
  deliver(
    channel: number,
    consumerTag: Buffer,
    deliveryTag: number,
    redelivered: boolean,
    message: MessageView,
    sequence: number,
    durableSequence: number,
  ): void {
    const output = this.#output;
    const source = sourceOf(message, this.#source);
    const frameBytesMax = this.#frameBytesMax;
    const { large } = message;
    if (large !== undefined) {
      const opening = {
        bytes: deliverMethodBytes(consumerTag, source),
        write: (target: Buffer, at: number) =>
          writeDeliverMethod(target, at, channel, consumerTag, deliveryTag, redelivered, source),
      };
      this.#stream(channel, opening, large, sequence, durableSequence);
      return;
    }
    const bytes = deliverBytes(consumerTag, source, frameBytesMax);
    if (bytes <= largeChunkBytes) {
      const at = output.reserve(bytes);
      const end = writeDeliver(
        output.buffer,
        at,
        channel,
        consumerTag,
        deliveryTag,
        redelivered,
        source,
        frameBytesMax,
      );
      output.commit(end, sequence, durableSequence);
      return;
    }
    const at = output.reserve(deliverMethodBytes(consumerTag, source));
    const end = writeDeliverMethod(output.buffer, at, channel, consumerTag, deliveryTag, redelivered, source);
    output.commit(end, sequence, durableSequence);
    this.#writeContent(channel, source);
  }

  /** Writes a `basic.get-ok`. */
  getOk(
    channel: number,
    deliveryTag: number,
    redelivered: boolean,
    messageCount: number,
    message: MessageView,
    sequence: number,
    durableSequence: number,
  ): void {
    const source = sourceOf(message, this.#source);
    const { large } = message;
    if (large !== undefined) {
      const opening = {
        bytes: getOkMethodBytes(source),
        write: (target: Buffer, at: number) =>
          writeGetOkMethod(target, at, channel, deliveryTag, redelivered, messageCount, source),
      };
      this.#stream(channel, opening, large, sequence, durableSequence);
      return;
    }
    const bytes = getOkBytes(source, this.#frameBytesMax);
    this.#write(bytes, sequence, durableSequence, (target, at) =>
      writeGetOk(target, at, channel, deliveryTag, redelivered, messageCount, source, this.#frameBytesMax),
    );
  }

  /** Writes a `basic.return` with code 312. `keptBody` replaces a body that was streamed. */
  returned(channel: number, message: InboundMessage, keptBody: Buffer | undefined): void {
    const source = this.#source;
    source.envelope = message.routeBuffer;
    source.envelopeStart = message.routeStart;
    source.envelopeEnd = message.routeEnd;
    source.properties = message.propertiesBuffer;
    source.propertiesStart = message.propertiesStart;
    source.propertiesEnd = message.propertiesEnd;
    source.body = keptBody ?? message.bodyBuffer;
    source.bodyStart = keptBody === undefined ? message.bodyStart : 0;
    source.bodyEnd = keptBody === undefined ? message.bodyEnd : keptBody.length;
    this.#writeReturn(channel, source);
  }

  /** Writes a `basic.return` for a message that was published in a transaction. */
  returnedBuffered(channel: number, message: BufferedReturn): void {
    const source = this.#source;
    const envelope = Buffer.allocUnsafe(2 + textBytes(message.exchange) + textBytes(message.routingKey));
    const exchangeEnd = encodeText(envelope, 1, message.exchange);
    envelope[0] = exchangeEnd - 1;
    envelope[exchangeEnd] = encodeText(envelope, exchangeEnd + 1, message.routingKey) - exchangeEnd - 1;
    source.envelope = envelope;
    source.envelopeStart = 0;
    source.envelopeEnd = envelope.length;
    source.properties = message.properties;
    source.propertiesStart = 0;
    source.propertiesEnd = message.properties.length;
    source.body = message.body;
    source.bodyStart = 0;
    source.bodyEnd = message.body.length;
    this.#writeReturn(channel, source);
  }

  #writeReturn(channel: number, source: ContentSource): void {
    const bytes = returnBytes(noRouteText, source, this.#frameBytesMax);
    this.#write(bytes, 0, 0, (target, at) =>
      writeReturn(target, at, channel, replyCodes.noRoute, noRouteText, source, this.#frameBytesMax),
    );
  }

  /** Rare messages, in one piece whatever their size: a buffer of their own where they are large. */
  #write(
    bytes: number,
    sequence: number,
    durableSequence: number,
    write: (target: Buffer, at: number) => number,
  ): void {
    const at = this.#output.reserve(bytes);
    const end = write(this.#output.buffer, at);
    this.#output.commit(end, sequence, durableSequence);
  }

  /** Writes method and header, and leaves the body to the output. */
  #stream(
    channel: number,
    opening: Opening,
    body: LargeBody,
    sequence: number,
    durableSequence: number,
  ): void {
    const source = this.#source;
    this.#write(opening.bytes + contentHeaderBytes(source), sequence, durableSequence, (target, at) =>
      writeContentHeader(target, opening.write(target, at), channel, body.bytes, source),
    );
    this.#output.appendStream(new BodyStream(channel, body, this.#streamFrameBytesMax, this.#bodyFailed));
  }

  #writeContent(channel: number, source: ContentSource): void {
    const output = this.#output;
    const bodyBytes = source.bodyEnd - source.bodyStart;
    const at = output.reserve(contentHeaderBytes(source));
    output.commit(writeContentHeader(output.buffer, at, channel, bodyBytes, source), 0, 0);
    const pieceBytes = this.#frameBytesMax - frameOverheadBytes;
    for (let from = source.bodyStart; from < source.bodyEnd; from += pieceBytes) {
      const to = Math.min(source.bodyEnd, from + pieceBytes);
      const pieceAt = output.reserve(to - from + frameOverheadBytes);
      const end = writeBody(output.buffer, pieceAt, channel, source.body, from, to, this.#frameBytesMax);
      output.commit(end, 0, 0);
    }
  }
}

function sourceOf(message: MessageView, source: ContentSource): ContentSource {
  source.envelope = message.buffer;
  source.envelopeStart = message.routeStart;
  source.envelopeEnd = message.routeEnd;
  source.properties = message.propertiesBuffer;
  source.propertiesStart = message.propertiesStart;
  source.propertiesEnd = message.propertiesEnd;
  source.body = message.bodyBuffer;
  source.bodyStart = message.bodyStart;
  source.bodyEnd = message.bodyEnd;
  return source;
}
