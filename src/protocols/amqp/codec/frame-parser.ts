/**
 * Cuts a byte stream into frames. Invariant: the handler sees the same bytes in the same frames however the stream
 * was chunked, but for large body frames that straddle chunks: those come in pieces and are never held. A frame
 * inside one chunk is not copied, another that straddles chunks is copied once (or while its hold grows, twice).
 */
import { uint16At, uint32At, uint64At } from './bytes.js';
import { identifyProtocol } from './foreign-protocol.js';
import {
  contentHeadBytes,
  frameEnd,
  frameHeadBytes,
  frameOverheadBytes,
  frameTypes,
  protocolHeader,
} from './frame-format.js';
import { FrameHold, newBuffers, type BufferPool } from './frame-hold.js';
import { methodNumbers } from './methods.js';
import { PublishView, readPublish } from './publish.js';
import { frameError, ProtocolHeaderMismatch, ProtocolViolation } from './violation.js';
import { replyCodes } from './reply-codes.js';
import { classIds } from './specification.js';

/** A body frame with more payload is not held until it is whole: bodies so large are streamed anyway. */
const heldBodyBytesMax = 64 * 1024 - frameOverheadBytes;
const basicClass = classIds.basic;

/** Receives what a parser finds. Buffers and views are valid only during the call. */
export interface FrameHandler {
  /** The protocol header `AMQP 0 0 9 1` has arrived; frames follow. */
  protocolHeader(): void;
  /**
   * One frame, its payload from `start` to `end`; or a piece of a body frame of more than 64 KiB, in order. A piece
   * is never empty, and may be handed over before the frame is found to end wrongly.
   */
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
  private readonly held: FrameHold;
  /** Payload that is still to come of a body frame handed over in pieces; -1 outside of such a frame. */
  private passingBytes = -1;
  private passingChannel = 0;

  /**
   * @param headerExpected - False where the protocol header has been read already.
   * @param pool - Lends room for frames that straddle chunks.
   */
  constructor(handler: FrameHandler, frameMax: number, headerExpected = true, pool: BufferPool = newBuffers) {
    this.handler = handler;
    this.frameMax = frameMax;
    this.headerBytes = headerExpected ? 0 : protocolHeader.length;
    this.held = new FrameHold(pool);
  }

  /** Bytes of an incomplete frame that the parser holds. */
  get pendingBytes(): number {
    return this.held.bytes;
  }

  /** Ignores the rest of the current chunk, and all later ones. */
  stop(): void {
    this.stopped = true;
    // The call may come from the handler of a frame that is held.
    this.held.drop();
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
    if (this.passingBytes >= 0) at = this.pass(chunk, at);
    else if (this.held.bytes > 0) at = this.completeHeld(chunk, at);
    at = this.parse(chunk, at, chunk.length);
    if (at < chunk.length && !this.stopped) this.keep(chunk, at);
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
    const { held } = this;
    let at = start;
    if (held.bytes < frameHeadBytes) {
      at = this.holdUpTo(frameHeadBytes, chunk, at);
      if (held.bytes < frameHeadBytes) return at;
      if (this.passesOn(held.buffer, 0)) {
        held.clear();
        return this.pass(chunk, at);
      }
    }
    const frameBytes = this.checkedPayloadBytes(held.buffer, 0) + frameOverheadBytes;
    at = this.holdUpTo(frameBytes, chunk, at);
    if (held.bytes < frameBytes) return at;
    this.parse(held.buffer, 0, frameBytes);
    if (!this.stopped) held.clear();
    return at;
  }

  private holdUpTo(bytes: number, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + bytes - this.held.bytes);
    this.held.append(chunk, at, end);
    return end;
  }

  /** Keeps the incomplete frame at the end of a chunk, or hands over what there is of a large body frame. */
  private keep(chunk: Buffer, at: number): void {
    const isHeadWhole = chunk.length - at >= frameHeadBytes;
    if (isHeadWhole && this.passesOn(chunk, at)) this.pass(chunk, at + frameHeadBytes);
    else this.held.append(chunk, at, chunk.length);
  }

  /** Whether the frame whose head stands at `at` is handed over in pieces; then `pass` takes its payload. */
  private passesOn(buffer: Buffer, at: number): boolean {
    const bytes = this.checkedPayloadBytes(buffer, at);
    if (buffer[at] !== frameTypes.body || bytes <= heldBodyBytesMax) return false;
    this.passingBytes = bytes;
    this.passingChannel = uint16At(buffer, at + 1);
    return true;
  }

  /** Hands over the next piece of a large body frame, and returns where to read on. */
  private pass(chunk: Buffer, start: number): number {
    const end = Math.min(chunk.length, start + this.passingBytes);
    this.passingBytes -= end - start;
    if (end > start) this.handler.frame(frameTypes.body, this.passingChannel, chunk, start, end);
    // The octet that ends the frame comes with the next chunk.
    if (end === chunk.length || this.stopped) return end;
    requireFrameEnd(chunk, end);
    this.passingBytes = -1;
    return end + 1;
  }

  /** Hands over every complete frame from `start` on, and returns where the first incomplete one starts. */
  private parse(buffer: Buffer, start: number, limit: number): number {
    let at = start;
    while (!this.stopped && limit - at >= frameHeadBytes) {
      const payload = at + frameHeadBytes;
      const end = payload + this.checkedPayloadBytes(buffer, at);
      if (end >= limit) break;
      requireFrameEnd(buffer, end);
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

function requireFrameEnd(buffer: Buffer, at: number): void {
  if (buffer[at] !== frameEnd) throw frameError(`a frame ends with ${buffer[at]!} in place of 206`);
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
