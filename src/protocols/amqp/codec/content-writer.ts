/**
 * Writes messages to a peer: `basic.deliver`, `basic.get-ok` and `basic.return`, each with its header and body
 * frames, from stored bytes. Invariant: the bytes written are exactly those that the `…Bytes` function announced.
 */
import { putUint16, putUint32, putUint64 } from './bytes.js';
import { copyBytes } from './copy-bytes.js';
import {
  contentHeadBytes,
  frameEnd,
  frameHeadBytes,
  frameOverheadBytes,
  frameTypes,
} from './frame-format.js';
import { methodNumber } from './methods.js';
import { classIds } from './specification.js';

const noBytes = Buffer.alloc(0);
const deliverNumber = methodNumber('basic.deliver');
const getOkNumber = methodNumber('basic.get-ok');
const returnNumber = methodNumber('basic.return');

/**
 * The stored bytes of a message, as spans; one instance is filled again and again. The three may lie in one buffer
 * or in several.
 */
export class ContentSource {
  /** Exchange and routing key: two short strings, each with its length octet. */
  envelope: Buffer = noBytes;
  envelopeStart = 0;
  envelopeEnd = 0;
  /** Flags word and property list. */
  properties: Buffer = noBytes;
  propertiesStart = 0;
  propertiesEnd = 0;
  body: Buffer = noBytes;
  bodyStart = 0;
  bodyEnd = 0;
}

/** The bytes of a delivery: method, header and body frames. `consumerTag` without its length octet. */
export function deliverBytes(consumerTag: Buffer, content: ContentSource, frameMax: number): number {
  return deliverMethodBytes(consumerTag, content) + contentBytes(content, frameMax);
}

/** The bytes of `basic.deliver` alone, for a body that is streamed. */
export function deliverMethodBytes(consumerTag: Buffer, content: ContentSource): number {
  return frameOverheadBytes + 14 + consumerTag.length + content.envelopeEnd - content.envelopeStart;
}

/**
 * Writes a whole delivery at `at` and returns the offset after it.
 *
 * @param deliveryTag - Below 2^53.
 * @param frameMax - The negotiated frame-max, overhead included: longer bodies take several frames.
 */
export function writeDeliver(
  target: Buffer,
  at: number,
  channel: number,
  consumerTag: Buffer,
  deliveryTag: number,
  redelivered: boolean,
  content: ContentSource,
  frameMax: number,
): number {
  const bodyBytes = content.bodyEnd - content.bodyStart;
  const after = writeDeliverMethod(target, at, channel, consumerTag, deliveryTag, redelivered, content);
  const bodyAt = writeContentHeader(target, after, channel, bodyBytes, content);
  return writeBody(target, bodyAt, channel, content.body, content.bodyStart, content.bodyEnd, frameMax);
}

/** Writes `basic.deliver` alone at `at` and returns the offset after it. */
export function writeDeliverMethod(
  target: Buffer,
  at: number,
  channel: number,
  consumerTag: Buffer,
  deliveryTag: number,
  redelivered: boolean,
  content: ContentSource,
): number {
  let position = putUint32(target, at + frameHeadBytes, deliverNumber);
  target[position] = consumerTag.length;
  position = copyBytes(target, position + 1, consumerTag, 0, consumerTag.length);
  position = putUint64(target, position, deliveryTag);
  target[position] = redelivered ? 1 : 0;
  position = copyBytes(target, position + 1, content.envelope, content.envelopeStart, content.envelopeEnd);
  return closeFrame(target, at, position, frameTypes.method, channel);
}

/** The bytes that `writeGetOk` writes. */
export function getOkBytes(content: ContentSource, frameMax: number): number {
  return getOkMethodBytes(content) + contentBytes(content, frameMax);
}

/** The bytes of `basic.get-ok` alone, for a body that is streamed. */
export function getOkMethodBytes(content: ContentSource): number {
  return frameOverheadBytes + 17 + content.envelopeEnd - content.envelopeStart;
}

/** Writes `basic.get-ok` with its content at `at` and returns the offset after it. */
export function writeGetOk(
  target: Buffer,
  at: number,
  channel: number,
  deliveryTag: number,
  redelivered: boolean,
  messageCount: number,
  content: ContentSource,
  frameMax: number,
): number {
  const after = writeGetOkMethod(target, at, channel, deliveryTag, redelivered, messageCount, content);
  return writeContent(target, after, channel, content, frameMax);
}

/** Writes `basic.get-ok` alone at `at` and returns the offset after it. */
export function writeGetOkMethod(
  target: Buffer,
  at: number,
  channel: number,
  deliveryTag: number,
  redelivered: boolean,
  messageCount: number,
  content: ContentSource,
): number {
  let position = putUint32(target, at + frameHeadBytes, getOkNumber);
  position = putUint64(target, position, deliveryTag);
  target[position] = redelivered ? 1 : 0;
  position = copyBytes(target, position + 1, content.envelope, content.envelopeStart, content.envelopeEnd);
  position = putUint32(target, position, messageCount);
  return closeFrame(target, at, position, frameTypes.method, channel);
}

/** The bytes that `writeReturn` writes. `replyText` is encoded, without its length octet. */
export function returnBytes(replyText: Buffer, content: ContentSource, frameMax: number): number {
  const envelopeBytes = content.envelopeEnd - content.envelopeStart;
  return frameOverheadBytes + 7 + replyText.length + envelopeBytes + contentBytes(content, frameMax);
}

/** Writes `basic.return` with its content at `at` and returns the offset after it. */
export function writeReturn(
  target: Buffer,
  at: number,
  channel: number,
  replyCode: number,
  replyText: Buffer,
  content: ContentSource,
  frameMax: number,
): number {
  let position = putUint32(target, at + frameHeadBytes, returnNumber);
  position = putUint16(target, position, replyCode);
  target[position] = replyText.length;
  position = copyBytes(target, position + 1, replyText, 0, replyText.length);
  position = copyBytes(target, position, content.envelope, content.envelopeStart, content.envelopeEnd);
  const after = closeFrame(target, at, position, frameTypes.method, channel);
  return writeContent(target, after, channel, content, frameMax);
}

/** The bytes of a header frame, and of the body in frames of at most `frameMax` bytes, overhead included. */
export function contentBytes(content: ContentSource, frameMax: number): number {
  return contentHeaderBytes(content) + bodyFramesBytes(content.bodyEnd - content.bodyStart, frameMax);
}

/** The bytes of a content header frame. */
export function contentHeaderBytes(content: ContentSource): number {
  return frameOverheadBytes + contentHeadBytes + content.propertiesEnd - content.propertiesStart;
}

/** The bytes of `bodyBytes` bytes in frames of at most `frameMax` bytes, overhead included. */
export function bodyFramesBytes(bodyBytes: number, frameMax: number): number {
  return bodyBytes + Math.ceil(bodyBytes / (frameMax - frameOverheadBytes)) * frameOverheadBytes;
}

/** Writes a content header frame for a body of `bodyBytes` at `at` and returns the offset after it. */
export function writeContentHeader(
  target: Buffer,
  at: number,
  channel: number,
  bodyBytes: number,
  content: ContentSource,
): number {
  let position = putUint32(target, at + frameHeadBytes, classIds.basic << 16);
  position = putUint64(target, position, bodyBytes);
  position = copyBytes(target, position, content.properties, content.propertiesStart, content.propertiesEnd);
  return closeFrame(target, at, position, frameTypes.header, channel);
}

/** Writes a body, or the next part of one, in frames of at most `frameMax` bytes, and returns the offset after it. */
export function writeBody(
  target: Buffer,
  at: number,
  channel: number,
  body: Buffer,
  start: number,
  end: number,
  frameMax: number,
): number {
  const payloadMax = frameMax - frameOverheadBytes;
  let position = at;
  for (let from = start; from < end; from += payloadMax) {
    const after = copyBytes(target, position + frameHeadBytes, body, from, Math.min(end, from + payloadMax));
    position = closeFrame(target, position, after, frameTypes.body, channel);
  }
  return position;
}

function writeContent(
  target: Buffer,
  at: number,
  channel: number,
  content: ContentSource,
  frameMax: number,
): number {
  const bodyAt = writeContentHeader(target, at, channel, content.bodyEnd - content.bodyStart, content);
  return writeBody(target, bodyAt, channel, content.body, content.bodyStart, content.bodyEnd, frameMax);
}

/** Writes head and end octet around the payload that ends at `end`, of the frame that starts at `at`. */
function closeFrame(target: Buffer, at: number, end: number, type: number, channel: number): number {
  target[at] = type;
  putUint16(target, at + 1, channel);
  putUint32(target, at + 3, end - at - frameHeadBytes);
  target[end] = frameEnd;
  return end + 1;
}
