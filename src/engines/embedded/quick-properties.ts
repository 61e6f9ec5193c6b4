/**
 * Encodes the properties of most messages straight into one reused buffer: texts and numbers, in headers too.
 * Invariant: what it encodes is what `encodeProperties` would; whatever else there is, it leaves to that. A send with
 * headers costs a third of the general way so.
 */
import { propertyFlags } from '../../broker/index.js';
import type { EngineMessage, HeaderTable } from '../index.js';

const {
  contentType: contentTypeFlag,
  contentEncoding: contentEncodingFlag,
  headers: headersFlag,
  deliveryMode: deliveryModeFlag,
  priority: priorityFlag,
  correlationId: correlationIdFlag,
  replyTo: replyToFlag,
  expiration: expirationFlag,
  messageId: messageIdFlag,
  type: typeFlag,
  appId: appIdFlag,
} = propertyFlags;

const bufferBytes = 4_096;
const textBytesMax = 255;
const persistent = 2;
const [tagText, tagInteger, tagDouble] = [0x53, 0x6c, 0x64];

export class QuickProperties {
  readonly buffer = Buffer.alloc(bufferBytes);
  #at = 0;
  #flags = 0;
  #isWhole = true;

  /** Encodes from the buffer's start and gives the end; 0: this message needs the general way. */
  encode(message: EngineMessage, headers: HeaderTable | undefined): number {
    this.#at = 2;
    this.#flags = 0;
    this.#isWhole = message.timestamp === undefined;
    this.#text(contentTypeFlag, message.contentType);
    this.#text(contentEncodingFlag, message.contentEncoding);
    if (headers !== undefined) this.#table(headers);
    this.#octet(deliveryModeFlag, persistent);
    if (message.priority !== undefined) this.#octet(priorityFlag, message.priority);
    this.#text(correlationIdFlag, message.correlationId);
    this.#text(replyToFlag, message.replyTo);
    if (message.expirationMs !== undefined) this.#text(expirationFlag, String(message.expirationMs));
    this.#text(messageIdFlag, message.messageId);
    this.#text(typeFlag, message.type);
    this.#text(appIdFlag, message.appId);
    if (!this.#isWhole) return 0;
    this.buffer.writeUInt16BE(this.#flags, 0);
    return this.#at;
  }

  #octet(flag: number, value: number): void {
    if (!(Number.isInteger(value) && value >= 0 && value <= 255)) this.#isWhole = false;
    if (!this.#fits(1)) return;
    this.#flags |= flag;
    this.buffer[this.#at++] = value;
  }

  #text(flag: number, text: string | undefined): void {
    if (text === undefined) return;
    this.#flags |= flag;
    this.#shortText(text);
  }

  #table(headers: HeaderTable): void {
    this.#flags |= headersFlag;
    if (!this.#fits(4)) return;
    const start = this.#at;
    this.#at += 4;
    for (const name of Object.keys(headers)) {
      this.#shortText(name);
      this.#value(headers[name]);
      if (!this.#isWhole) return;
    }
    this.buffer.writeUInt32BE(this.#at - start - 4, start);
  }

  #value(value: unknown): void {
    if (typeof value === 'string') this.#longText(value);
    else if (typeof value === 'number') this.#number(value);
    else this.#isWhole = false;
  }

  #number(value: number): void {
    if (!this.#fits(9)) return;
    const { buffer } = this;
    if (!Number.isSafeInteger(value)) {
      buffer[this.#at] = tagDouble;
      this.#at = buffer.writeDoubleBE(value, this.#at + 1);
      return;
    }
    buffer[this.#at] = tagInteger;
    const high = Math.floor(value / 0x1_0000_0000);
    buffer.writeInt32BE(high, this.#at + 1);
    buffer.writeUInt32BE(value - high * 0x1_0000_0000, this.#at + 5);
    this.#at += 9;
  }

  #shortText(text: string): void {
    const bytes = this.#write(text, 1);
    if (bytes > textBytesMax) this.#isWhole = false;
    else if (this.#isWhole) {
      this.buffer[this.#at] = bytes;
      this.#at += 1 + bytes;
    }
  }

  #longText(text: string): void {
    const bytes = this.#write(text, 5);
    if (!this.#isWhole) return;
    this.buffer[this.#at] = tagText;
    this.buffer.writeUInt32BE(bytes, this.#at + 1);
    this.#at += 5 + bytes;
  }

  /** Writes after a head; gives the bytes of the text. */
  #write(text: string, headBytes: number): number {
    if (!text.isWellFormed()) this.#isWhole = false;
    // At most three bytes for each unit of UTF-16.
    if (!this.#fits(headBytes + 3 * text.length)) return 0;
    return this.buffer.write(text, this.#at + headBytes);
  }

  #fits(bytes: number): boolean {
    if (this.#at + bytes > bufferBytes) this.#isWhole = false;
    return this.#isWhole;
  }
}
