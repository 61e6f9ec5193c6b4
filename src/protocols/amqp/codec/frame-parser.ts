/**
 * Cuts a byte stream into frames. Invariant: the handler sees the same frames however the stream was chunked; a
 * frame inside one chunk is not copied, one that straddles chunks is copied once (twice while its hold grows); the
 * parser holds at most twice the bytes received of one frame.
 */
import { uint16At, uint32At, uint64At } from './bytes.js';
import { copyBytes } from './copy-bytes.js';
import { identifyProtocol } from './foreign-protocol.js';
import {
  contentHeadBytes,
  frameEnd,
  frameHeadBytes,
  frameOverheadBytes,
  frameTypes,
  protocolHeader,
} from './frame-format.js';
import { methodNumbers } from './methods.js';
import { PublishView, readPublish } from './publish.js';
import { frameError, ProtocolHeaderMismatch, ProtocolViolation } from './violation.js';
import { replyCodes } from './reply-codes.js';
import { classIds } from './specification.js';

const holdBytesMin = 256;
/** A hold larger than this is given back as soon as it is empty. */
const holdBytesKept = 4096;
const basicClass = classIds.basic;

/** Receives what a parser finds. Buffers and views are valid only during the call. */
export interface FrameHandler {
  /** The protocol header `AMQP 0 0 9 1` has arrived; frames follow. */
  protocolHeader(): void;
  /** One frame, its payload from `start` to `end`. */
  frame(type: number, channel: number, buffer: Buffer, start: number, end: number): void;
  /**
   * A message whose method, header and only body frame arrived in one chunk: the shortcut for small messages. Its
   * frames are not handed over by `frame` as well. The channel must not be in the middle of another content
   * (`ContentAssembler.requireIdle`).
   */
  publish(channel: number, message: PublishView): void;
}

/** Fed with the chunks of one connection, in order. */
export class FrameParser {
  /**
   * The largest payload accepted, in bytes. Set to the negotiated frame-max: the frame's overhead is not counted
   * against it, since some clients do not, and RabbitMQ bears with them.
   */
  frameMax: number;
  /** The largest body that `publish` hands over; larger ones come frame by frame. */
  wholeBodyBytesMax = 64 * 1024;
  private readonly handler: FrameHandler;
  private readonly message = new PublishView();
  /** How much of the protocol header has arrived. */
  private headerBytes: number;
  private stopped = false;
  private held = Buffer.alloc(0);
  private heldBytes = 0;

  /** @param headerExpected - False where the protocol header has been read already. */
  constructor(handler: FrameHandler, frameMax: number, headerExpected = true) {
    this.handler = handler;
    this.frameMax = frameMax;
    this.headerBytes = headerExpected ? 0 : protocolHeader.length;
  }

  /** Bytes of an incomplete frame that the parser holds. */
  get pendingBytes(): number {
    return this.heldBytes;
  }

  /** Ignores the rest of the current chunk, and all later ones. */
  stop(): void {
    this.stopped = true;
    this.heldBytes = 0;
    this.held = Buffer.alloc(0);
    this.message.clear();
  }

  /**
   * Reads the next chunk of the stream, calling the handler for each complete frame.
   *
   * @throws ProtocolHeaderMismatch where the stream does not begin with AMQP 0-9-1's header.
   * @throws ProtocolViolation 501 for a frame that is too large, unknown, or ends wrongly; 504 for content on
   *   channel 0; 502 for a malformed `basic.publish`. After any error, also one of the handler, it is stopped.
   */
  push(chunk: Buffer): void {
    if (this.stopped) return;
    try {
      this.read(chunk);
    } catch (error) {
      this.stop();
      throw error;
    }
    this.message.clear();
  }

  private read(chunk: Buffer): void {
    let at = this.headerBytes < protocolHeader.length ? this.readProtocolHeader(chunk) : 0;
    if (this.heldBytes > 0) at = this.completeHeld(chunk, at);
    at = this.parse(chunk, at, chunk.length);
    if (at < chunk.length && !this.stopped) this.hold(chunk, at, chunk.length);
  }

  /** Compares byte by byte, so that a peer of another protocol is known from its first bytes. */
  private readProtocolHeader(chunk: Buffer): number {
    const before = this.headerBytes;
    const taken = Math.min(chunk.length, protocolHeader.length - before);
    for (let index = 0; index < taken; index++) {
      if (chunk[index] === protocolHeader[before + index]) continue;
      const seen = Buffer.concat([
        protocolHeader.subarray(0, before),
        chunk.subarray(0, protocolHeader.length),
      ]);
      throw new ProtocolHeaderMismatch(identifyProtocol(seen));
    }
    this.headerBytes += taken;
    if (this.headerBytes === protocolHeader.length) this.handler.protocolHeader();
    return taken;
  }

  /** Completes the frame held from earlier chunks, if this chunk does, and returns where to read on. */
  private completeHeld(chunk: Buffer, start: number): number {
    let at = start;
    if (this.heldBytes < frameHeadBytes) {
      at = this.holdUpTo(frameHeadBytes, chunk, at);
      if (this.heldBytes < frameHeadBytes) return at;
    }
    const frameBytes = this.checkedPayloadBytes(this.held, 0) + frameOverheadBytes;
    at = this.holdUpTo(frameBytes, chunk, at);
    if (this.heldBytes < frameBytes) return at;
    this.heldBytes = 0;
    this.parse(this.held, 0, frameBytes);
    if (this.held.length > holdBytesKept) this.held = Buffer.alloc(0);
    return at;
  }

  private holdUpTo(bytes: number, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + bytes - this.heldBytes);
    this.hold(chunk, at, end);
    return end;
  }

  /** Keeps bytes of an incomplete frame. The hold grows with what arrived, never with what a peer announced. */
  private hold(chunk: Buffer, start: number, end: number): void {
    const bytes = this.heldBytes + end - start;
    if (bytes > this.held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(2 * bytes, holdBytesMin));
      copyBytes(grown, 0, this.held, 0, this.heldBytes);
      this.held = grown;
    }
    this.heldBytes = copyBytes(this.held, this.heldBytes, chunk, start, end);
    if (bytes >= frameHeadBytes) this.checkedPayloadBytes(this.held, 0);
  }

  /** Hands over every complete frame from `start` on, and returns where the first incomplete one starts. */
  private parse(buffer: Buffer, start: number, limit: number): number {
    let at = start;
    while (!this.stopped && limit - at >= frameHeadBytes) {
      const payload = at + frameHeadBytes;
      const end = payload + this.checkedPayloadBytes(buffer, at);
      if (end >= limit) break;
      if (buffer[end] !== frameEnd) throw frameError(`a frame ends with ${buffer[end]!} in place of 206`);
      const type = buffer[at]!;
      const channel = uint16At(buffer, at + 1);
      const next = type === frameTypes.method ? this.parsePublish(buffer, payload, end, channel, limit) : -1;
      at = next === -1 ? end + 1 : next;
      if (next === -1) this.handler.frame(type, channel, buffer, payload, end);
    }
    return at;
  }

  /**
   * Hands over a whole message if the method in the payload from `start` to `end` publishes one and header and
   * body follow in the buffer. Returns the offset after it; -1 where anything is missing or odd: then the frames
   * are read one by one, which finds the precise error.
   */
  private parsePublish(buffer: Buffer, start: number, end: number, channel: number, limit: number): number {
    const headerAt = end + 1;
    const header = headerAt + frameHeadBytes;
    if (limit - header < contentHeadBytes + 2 || end - start < 4) return -1;
    if (uint32At(buffer, start) !== methodNumbers.basicPublish || channel === 0) return -1;
    const headerEnd = contentFrameEnd(buffer, headerAt, limit, frameTypes.header, channel, this.frameMax);
    // Class 60 and weight 0, which nobody uses.
    if (headerEnd === -1 || uint32At(buffer, header) !== basicClass << 16) return -1;
    const bodyBytes = uint64At(buffer, header + 4);
    const message = this.message;
    let next = headerEnd + 1;
    message.bodyStart = message.bodyEnd = next;
    if (bodyBytes > this.wholeBodyBytesMax) return -1;
    if (bodyBytes > 0) {
      const bodyEnd = contentFrameEnd(buffer, next, limit, frameTypes.body, channel, this.frameMax);
      message.bodyStart = next + frameHeadBytes;
      if (bodyEnd - message.bodyStart !== bodyBytes) return -1;
      message.bodyEnd = bodyEnd;
      next = bodyEnd + 1;
    }
    readPublish(buffer, start, end, message);
    message.propertiesStart = header + contentHeadBytes;
    message.propertiesEnd = headerEnd;
    message.bodyBytes = bodyBytes;
    message.bodyBuffer = buffer;
    this.handler.publish(channel, message);
    return next;
  }

  /** The payload bytes that the frame head at `at` announces, after checking type, channel and size. */
  private checkedPayloadBytes(buffer: Buffer, at: number): number {
    const bytes = uint32At(buffer, at + 3);
    const type = buffer[at]!;
    if (bytes > this.frameMax)
      throw frameError(`a frame of ${bytes} bytes; at most ${this.frameMax} were agreed`);
    if (type === frameTypes.method) return bytes;
    const channel = uint16At(buffer, at + 1);
    if (type === frameTypes.header || type === frameTypes.body) {
      if (channel === 0) throw new ProtocolViolation(replyCodes.channelError, 'a content frame on channel 0');
    } else if (type !== frameTypes.heartbeat) {
      throw frameError(`a frame of the unknown type ${type}`);
    } else if (channel !== 0 || bytes !== 0) {
      throw frameError('a heartbeat with a channel or a payload');
    }
    return bytes;
  }
}

/** Where the payload of the content frame at `at` ends; -1 unless it is whole, of this type and channel. */
function contentFrameEnd(
  buffer: Buffer,
  at: number,
  limit: number,
  type: number,
  channel: number,
  frameMax: number,
): number {
  if (limit - at < frameOverheadBytes || buffer[at] !== type || uint16At(buffer, at + 1) !== channel)
    return -1;
  const bytes = uint32At(buffer, at + 3);
  const end = at + frameHeadBytes + bytes;
  return bytes <= frameMax && end < limit && buffer[end] === frameEnd ? end : -1;
}
