/**
 * Reads from encoded properties only what routing needs, into a reused object. Invariant: a list that the scan
 * accepts has the right length for its flags; the inside of the headers table is left to `HeaderScanner`.
 * No allocation per message.
 */
import { malformedContent } from './malformed.js';
import { propertyFlags, propertyFlagsReserved } from './property-flags.js';

const { contentType, contentEncoding, headers, deliveryMode, priority, correlationId, replyTo } =
  propertyFlags;
const { expiration, messageId, timestamp, type, userId, appId, clusterId } = propertyFlags;

/** Most digits an expiration may have; more would not be an exact number. */
const expirationDigitsMax = 15;

/** What a scan found. Offsets point into the scanned buffer; a start of -1 means that the property is absent. */
export class PropertyScan {
  /** The flags word: which properties there are (`propertyFlags`). */
  flags = 0;
  /** 2 is persistent, 1 transient; 0 where absent. */
  deliveryMode = 0;
  /** 0 where absent, as RabbitMQ counts it. */
  priority = 0;
  /** Milliseconds; -1 where absent, -2 where it is not a whole number in decimal digits. */
  expirationMs = -1;
  /** The headers table, length prefix included. */
  headersStart = -1;
  headersEnd = -1;
  /** The text after its length octet; so for the spans below. */
  expirationStart = -1;
  expirationEnd = -1;
  correlationIdStart = -1;
  correlationIdEnd = -1;
  replyToStart = -1;
  replyToEnd = -1;
  messageIdStart = -1;
  messageIdEnd = -1;
  userIdStart = -1;
  userIdEnd = -1;
}

/**
 * Scans the encoded properties (flags word and list) from `start` to `end` into `into`.
 *
 * @throws SluiceError `protocol`, with the position, where the list does not fill the span exactly.
 */
export function scanProperties(buffer: Buffer, start: number, end: number, into: PropertyScan): void {
  if (end - start < 2) throw malformedContent('truncated properties', start);
  const flags = (buffer[start]! << 8) | buffer[start + 1]!;
  if ((flags & propertyFlagsReserved) !== 0) throw malformedContent('unknown property flags', start);
  clear(into, flags);
  let at = start + 2;
  if ((flags & contentType) !== 0) at = skipText(buffer, at, end);
  if ((flags & contentEncoding) !== 0) at = skipText(buffer, at, end);
  if ((flags & headers) !== 0) {
    into.headersStart = at;
    into.headersEnd = at = skipTable(buffer, at, end);
  }
  if ((flags & deliveryMode) !== 0) into.deliveryMode = octet(buffer, at++, end);
  if ((flags & priority) !== 0) into.priority = octet(buffer, at++, end);
  // Four messages of five have no property after these.
  if ((flags & 0x07fc) !== 0) at = scanRest(buffer, at, end, into);
  if (at !== end) throw malformedContent('bytes after the properties', at);
}

function clear(into: PropertyScan, flags: number): void {
  into.flags = flags;
  into.deliveryMode = 0;
  into.priority = 0;
  into.expirationMs = -1;
  into.headersStart = into.headersEnd = -1;
  into.expirationStart = into.expirationEnd = -1;
  into.correlationIdStart = into.correlationIdEnd = -1;
  into.replyToStart = into.replyToEnd = -1;
  into.messageIdStart = into.messageIdEnd = -1;
  into.userIdStart = into.userIdEnd = -1;
}

/** The properties from correlation-id on. */
function scanRest(buffer: Buffer, start: number, end: number, into: PropertyScan): number {
  const flags = into.flags;
  let at = start;
  if ((flags & correlationId) !== 0) {
    into.correlationIdStart = at + 1;
    into.correlationIdEnd = at = skipText(buffer, at, end);
  }
  if ((flags & replyTo) !== 0) {
    into.replyToStart = at + 1;
    into.replyToEnd = at = skipText(buffer, at, end);
  }
  if ((flags & expiration) !== 0) {
    into.expirationStart = at + 1;
    into.expirationEnd = at = skipText(buffer, at, end);
    into.expirationMs = digits(buffer, into.expirationStart, at);
  }
  if ((flags & messageId) !== 0) {
    into.messageIdStart = at + 1;
    into.messageIdEnd = at = skipText(buffer, at, end);
  }
  if ((flags & timestamp) !== 0) at = skipBytes(at, 8, end);
  if ((flags & type) !== 0) at = skipText(buffer, at, end);
  if ((flags & userId) !== 0) {
    into.userIdStart = at + 1;
    into.userIdEnd = at = skipText(buffer, at, end);
  }
  if ((flags & appId) !== 0) at = skipText(buffer, at, end);
  if ((flags & clusterId) !== 0) at = skipText(buffer, at, end);
  return at;
}

function octet(buffer: Buffer, at: number, end: number): number {
  if (at >= end) throw malformedContent('truncated properties', at);
  return buffer[at]!;
}

function skipText(buffer: Buffer, at: number, end: number): number {
  return skipBytes(at + 1, octet(buffer, at, end), end);
}

function skipTable(buffer: Buffer, at: number, end: number): number {
  if (end - at < 4) throw malformedContent('truncated properties', at);
  const high = (buffer[at]! << 8) | buffer[at + 1]!;
  return skipBytes(at + 4, high * 0x1_0000 + ((buffer[at + 2]! << 8) | buffer[at + 3]!), end);
}

function skipBytes(at: number, bytes: number, end: number): number {
  if (bytes > end - at) throw malformedContent('truncated properties', at);
  return at + bytes;
}

/** The decimal number in the bytes from `start` to `end`, or -2 where there is none. */
function digits(buffer: Buffer, start: number, end: number): number {
  if (start === end || end - start > expirationDigitsMax) return -2;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = buffer[at]! - 0x30;
    if (digit < 0 || digit > 9) return -2;
    value = value * 10 + digit;
  }
  return value;
}
