/**
 * Properties of messages as in an AMQP content header (section 4.2.6.1: flags, then the list), for messages within a
 * request, which the client library does not encode. Invariant: the same properties as `outgoing-options.ts`.
 */
import { SluiceError } from '../../kernel/index.js';
import { headersOf, type EngineMessage, type HeaderTable, type HeaderValue } from '../index.js';
import type { ByteWriter } from './byte-writer.js';

const flags = {
  contentType: 1 << 15,
  contentEncoding: 1 << 14,
  headers: 1 << 13,
  deliveryMode: 1 << 12,
  priority: 1 << 11,
  correlationId: 1 << 10,
  replyTo: 1 << 9,
  expiration: 1 << 8,
  messageId: 1 << 7,
  timestamp: 1 << 6,
  type: 1 << 5,
  appId: 1 << 3,
} as const;

const persistent = 2;

/** Throws `bad-input` for a value that has no wire type, or a text over 255 bytes. */
export function writeProperties(writer: ByteWriter, message: EngineMessage): void {
  const flagsAt = writer.length;
  writer.short(0);
  let present: number = flags.deliveryMode;
  const text = (value: string | undefined, flag: number): void => {
    if (value === undefined) return;
    present |= flag;
    writer.shortText(value);
  };
  const headers = headersOf(message);
  text(message.contentType, flags.contentType);
  text(message.contentEncoding, flags.contentEncoding);
  if (headers !== undefined) {
    present |= flags.headers;
    writeTable(writer, headers);
  }
  writer.octet(persistent);
  if (message.priority !== undefined) {
    present |= flags.priority;
    writer.octet(message.priority);
  }
  text(message.correlationId, flags.correlationId);
  text(message.replyTo, flags.replyTo);
  text(message.expirationMs === undefined ? undefined : String(message.expirationMs), flags.expiration);
  text(message.messageId, flags.messageId);
  if (message.timestamp !== undefined) {
    present |= flags.timestamp;
    writer.longLong(seconds(message.timestamp));
  }
  text(message.type, flags.type);
  text(message.appId, flags.appId);
  writer.shortAt(flagsAt, present);
}

function writeTable(writer: ByteWriter, table: HeaderTable): void {
  writer.sized(() => {
    for (const [name, value] of Object.entries(table)) {
      writer.shortText(name);
      writeValue(writer, value);
    }
  });
}

/** A value behind the letter of its type, as RabbitMQ has them. */
function writeValue(writer: ByteWriter, value: HeaderValue): void {
  switch (typeof value) {
    case 'string':
      kind(writer, 'S');
      writer.sized(() => {
        writer.text(value);
      });
      return;
    case 'boolean':
      kind(writer, 't');
      writer.octet(value ? 1 : 0);
      return;
    case 'number':
      kind(writer, Number.isSafeInteger(value) ? 'l' : 'd');
      if (Number.isSafeInteger(value)) writer.signed(value);
      else writer.double(value);
      return;
    case 'bigint':
      kind(writer, 'l');
      writer.signed(value);
      return;
    case 'object':
      writeObject(writer, value);
      return;
    case 'undefined':
    case 'function':
    case 'symbol':
      throw new SluiceError('bad-input', `a header cannot hold a ${typeof value}`);
  }
}

function writeObject(
  writer: ByteWriter,
  value: Exclude<HeaderValue, string | number | bigint | boolean>,
): void {
  if (value === null) {
    kind(writer, 'V');
  } else if (value instanceof Date) {
    kind(writer, 'T');
    writer.longLong(seconds(value));
  } else if (value instanceof Uint8Array) {
    kind(writer, 'x');
    writer.sized(() => {
      writer.raw(value);
    });
  } else if (Array.isArray(value)) {
    kind(writer, 'A');
    writer.sized(() => {
      for (const element of value as readonly HeaderValue[]) writeValue(writer, element);
    });
  } else {
    kind(writer, 'F');
    writeTable(writer, value as HeaderTable);
  }
}

function kind(writer: ByteWriter, letter: string): void {
  writer.octet(letter.charCodeAt(0));
}

function seconds(date: Date): number {
  return Math.max(0, Math.floor(date.getTime() / 1000));
}
