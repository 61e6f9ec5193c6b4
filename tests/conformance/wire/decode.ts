/** Turns the server's bytes into methods, with their content where one follows. Strict: any disorder throws. */
import { frameBody, frameEnd, frameHeader, frameHeartbeat, frameMethod } from './encode.js';
import { Reader, type Arguments } from './reader.js';
import { basicClass, contentMethods, methodNumbered, propertyFields } from './specification.js';

/** One method as received. `properties` and `body` are there when content follows it. */
export interface Incoming {
  readonly channel: number;
  readonly name: string;
  readonly args: Arguments;
  properties: Arguments;
  body: Buffer;
}

interface Pending {
  readonly incoming: Incoming;
  bodyBytesLeft: number;
}

/** Feeds on chunks of bytes; calls `onMethod` for each whole method and `onHeartbeat` for each heartbeat. */
export class Decoder {
  readonly #onMethod: (incoming: Incoming) => void;
  readonly #onHeartbeat: () => void;
  readonly #pending = new Map<number, Pending>();
  #buffer = Buffer.alloc(0);
  /** The longest frame seen, in bytes with its header and end. */
  longestFrame = 0;

  constructor(onMethod: (incoming: Incoming) => void, onHeartbeat: () => void) {
    this.#onMethod = onMethod;
    this.#onHeartbeat = onHeartbeat;
  }

  push(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 8) {
      const end = 7 + this.#buffer.readUInt32BE(3) + 1;
      if (this.#buffer.length < end) return;
      if (this.#buffer[end - 1] !== frameEnd) throw new Error('the server sent a frame without its end');
      this.longestFrame = Math.max(this.longestFrame, end);
      this.#frame(this.#buffer[0]!, this.#buffer.readUInt16BE(1), this.#buffer.subarray(7, end - 1));
      this.#buffer = this.#buffer.subarray(end);
    }
  }

  #frame(type: number, channel: number, payload: Buffer): void {
    if (type === frameMethod) this.#method(channel, payload);
    else if (type === frameHeader) this.#header(channel, payload);
    else if (type === frameBody) this.#body(channel, payload);
    else if (type === frameHeartbeat) this.#onHeartbeat();
    else throw new Error(`the server sent a frame of type ${type}`);
  }

  #method(channel: number, payload: Buffer): void {
    if (this.#pending.has(channel)) throw new Error('the server sent a method within content');
    const reader = new Reader(payload);
    const method = methodNumbered(reader.unsigned(2), reader.unsigned(2));
    const args = reader.arguments(method.fields);
    if (reader.left !== 0) throw new Error(`the server sent ${reader.left} bytes after ${method.name}`);
    const incoming = { channel, name: method.name, args, properties: {}, body: Buffer.alloc(0) };
    if (contentMethods.has(method.name)) this.#pending.set(channel, { incoming, bodyBytesLeft: -1 });
    else this.#onMethod(incoming);
  }

  #header(channel: number, payload: Buffer): void {
    const pending = this.#pending.get(channel);
    if (pending?.bodyBytesLeft !== -1) throw new Error('the server sent a header that no method asked for');
    const reader = new Reader(payload);
    const [classId, weight] = [reader.unsigned(2), reader.unsigned(2)];
    if (classId !== basicClass || weight !== 0) throw new Error('the server sent a wrong content header');
    pending.bodyBytesLeft = reader.unsigned(8);
    const flags = reader.unsigned(2);
    const present = propertyFields.filter((_, index) => (flags & (1 << (15 - index))) !== 0);
    pending.incoming.properties = reader.arguments(present);
    this.#finish(channel, pending);
  }

  #body(channel: number, payload: Buffer): void {
    const pending = this.#pending.get(channel);
    if (pending === undefined || pending.bodyBytesLeft < payload.length) {
      throw new Error('the server sent a body that no header announced');
    }
    pending.bodyBytesLeft -= payload.length;
    pending.incoming.body = Buffer.concat([pending.incoming.body, payload]);
    this.#finish(channel, pending);
  }

  #finish(channel: number, pending: Pending): void {
    if (pending.bodyBytesLeft !== 0) return;
    this.#pending.delete(channel);
    this.#onMethod(pending.incoming);
  }
}
