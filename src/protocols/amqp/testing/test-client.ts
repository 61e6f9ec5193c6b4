/** A client for tests that says exactly what it is told to, and shows exactly what arrives. */
import { connect, type Socket } from 'node:net';
import { SluiceError } from '../../../kernel/index.js';
import {
  decodeMethod,
  encodeMethod,
  FrameParser,
  frameTypes,
  protocolHeader,
  type Method,
  type MethodName,
  type MethodOf,
} from '../codec/index.js';

/** What arrived: a method, a piece of content, a heartbeat, or the end of the stream. */
export type Arrival =
  | { readonly kind: 'method'; readonly channel: number; readonly method: Method }
  | { readonly kind: 'header' | 'body'; readonly channel: number; readonly payload: Buffer }
  | { readonly kind: 'heartbeat' }
  | { readonly kind: 'end' };

export class TestClient {
  readonly socket: Socket;
  /** All that arrived and was not taken yet. */
  readonly arrivals: Arrival[] = [];
  /** The bytes before any frame, for servers that answer with a protocol header. */
  readonly raw: Buffer[] = [];
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const parser = new FrameParser(
      {
        protocolHeader: () => undefined,
        frame: (type, channel, buffer, start, end) => {
          this.#arrived(arrivalOf(type, channel, Buffer.from(buffer.subarray(start, end))));
        },
        publish: () => undefined,
      },
      0xffff_ffff,
      false,
    );
    socket.on('data', (chunk: Buffer) => {
      this.raw.push(chunk);
      if (chunk.toString('latin1', 0, 4) !== 'AMQP') parser.push(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#arrived({ kind: 'end' });
    });
  }

  static async connect(port: number): Promise<TestClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new TestClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Connects, signs in and opens a virtual host. */
  static async open(port: number, options: OpenOptions = {}): Promise<TestClient> {
    const client = await TestClient.connect(port);
    await client.open(options);
    return client;
  }

  async open(options: OpenOptions = {}): Promise<void> {
    this.write(protocolHeader);
    await this.next('connection.start');
    this.signIn(options);
    await this.next('connection.tune');
    const { channelMax = 2047, frameMax = 131_072, heartbeat = 0 } = options;
    this.send(0, { name: 'connection.tune-ok', channelMax, frameMax, heartbeat });
    this.send(0, { name: 'connection.open', virtualHost: options.vhost ?? '/' });
    await this.next('connection.open-ok');
  }

  signIn({ user = 'guest', password = 'guest', capabilities = {} }: OpenOptions = {}): void {
    this.send(0, {
      name: 'connection.start-ok',
      clientProperties: new Map([['capabilities', new Map(Object.entries(capabilities))]]),
      mechanism: 'PLAIN',
      response: Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    });
  }

  async channel(number = 1): Promise<void> {
    this.send(number, { name: 'channel.open' });
    await this.next('channel.open-ok');
  }

  async queue(queue: string, channel = 1): Promise<void> {
    this.send(channel, { ...queueDeclare, queue });
    await this.next('queue.declare-ok');
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  send(channel: number, method: Method): void {
    this.write(encodeMethod(channel, method));
  }

  /** Publishes to the default exchange. */
  publish(routingKey: string, body: Buffer | string, options: Partial<PublishOptions> = {}): void {
    this.write(publishBytes({ exchange: '', routingKey, body: Buffer.from(body), ...options }));
  }

  /** The next method of that name; what arrived before it and is not content must be of that name. */
  async next<Name extends MethodName>(name: Name): Promise<MethodOf<Name>> {
    const arrival = await this.take();
    if (arrival.kind === 'method' && arrival.method.name === name) return arrival.method as MethodOf<Name>;
    throw unexpected(name, arrival);
  }

  /** The next arrival, whatever it is. */
  async take(): Promise<Arrival> {
    while (this.arrivals.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.arrivals.shift()!;
  }

  /** The next content: its properties and whole body. */
  async content(): Promise<{ readonly properties: Buffer; readonly body: Buffer }> {
    const header = await this.take();
    if (header.kind !== 'header') throw unexpected('a header', header);
    const bytes = Number(header.payload.readBigUInt64BE(4));
    const pieces: Buffer[] = [];
    for (let left = bytes; left > 0; left -= pieces.at(-1)!.length) {
      const piece = await this.take();
      if (piece.kind !== 'body') throw unexpected('a body', piece);
      pieces.push(piece.payload);
    }
    return { properties: header.payload.subarray(12), body: Buffer.concat(pieces) };
  }

  /** Resolves when the server has ended the connection; gives what arrived before. */
  async ended(): Promise<Arrival[]> {
    const before: Arrival[] = [];
    for (;;) {
      const arrival = await this.take();
      if (arrival.kind === 'end') return before;
      before.push(arrival);
    }
  }

  close(): void {
    this.socket.destroy();
  }

  #arrived(arrival: Arrival): void {
    this.arrivals.push(arrival);
    this.#wake();
  }
}

export interface OpenOptions {
  readonly user?: string;
  readonly password?: string;
  readonly vhost?: string;
  readonly capabilities?: Readonly<Record<string, boolean>>;
  readonly channelMax?: number;
  readonly frameMax?: number;
  /** Seconds. */
  readonly heartbeat?: number;
}

export interface PublishOptions {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly channel: number;
  readonly mandatory: boolean;
  readonly immediate: boolean;
  /** Flags and list, as in a content header. */
  readonly properties: Buffer;
  /** Of the body frames. */
  readonly pieceBytes: number;
}

/** A durable queue with no arguments. */
export const queueDeclare = {
  name: 'queue.declare',
  queue: '',
  passive: false,
  durable: true,
  exclusive: false,
  autoDelete: false,
  noWait: false,
  arguments: new Map<string, never>(),
} as const;

/** Persistent, and nothing else. */
export const persistent = Buffer.from([0x10, 0, 2]);

/** The frames of one publish. */
export function publishBytes(
  given: Partial<PublishOptions> & Pick<PublishOptions, 'exchange' | 'routingKey' | 'body'>,
): Buffer {
  const { channel = 1, mandatory = false, immediate = false, properties = persistent } = given;
  const { exchange, routingKey, body, pieceBytes = 131_064 } = given;
  const frames = [
    encodeMethod(channel, { name: 'basic.publish', exchange, routingKey, mandatory, immediate }),
    frameBytes(frameTypes.header, channel, contentHeader(body.length, properties)),
  ];
  for (let at = 0; at < body.length; at += pieceBytes) {
    frames.push(frameBytes(frameTypes.body, channel, body.subarray(at, at + pieceBytes)));
  }
  return Buffer.concat(frames);
}

export function contentHeader(bodyBytes: number, properties: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(60, 0);
  head.writeBigUInt64BE(BigInt(bodyBytes), 4);
  return Buffer.concat([head, properties]);
}

/** Any frame, right or wrong. */
export function frameBytes(type: number, channel: number, payload: Buffer, end = 0xce): Buffer {
  const head = Buffer.alloc(7);
  head[0] = type;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([end])]);
}

function unexpected(wanted: string, arrival: Arrival): SluiceError {
  return new SluiceError('protocol', `expected ${wanted}, got ${JSON.stringify(arrival)}`);
}

function arrivalOf(type: number, channel: number, payload: Buffer): Arrival {
  if (type === frameTypes.method) {
    return { kind: 'method', channel, method: decodeMethod(payload, 0, payload.length) };
  }
  if (type === frameTypes.heartbeat) return { kind: 'heartbeat' };
  return { kind: type === frameTypes.header ? 'header' : 'body', channel, payload };
}
