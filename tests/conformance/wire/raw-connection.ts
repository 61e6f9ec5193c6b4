/**
 * A connection on which every frame is under the test's control: it can speak the protocol properly, or
 * break it anywhere. Nothing is answered by itself except `close` by `close-ok`.
 */
import { connect, type Socket } from 'node:net';
import { closeOf, type Close } from './close.js';
import { Decoder, type Incoming } from './decode.js';
import { methodFrame } from './encode.js';
import { Inbox } from './inbox.js';
import { RawChannel } from './raw-channel.js';
import type { Table } from './values.js';

/** How to sign in; everything has the usual default. */
export interface OpenOptions {
  readonly user?: string;
  readonly password?: string;
  readonly virtualHost?: string;
  readonly mechanism?: string;
  readonly response?: Buffer;
  readonly clientProperties?: Table;
  readonly tune?: Table;
}

export const protocolHeader = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

/** What this client says it can do. */
export const capabilities: Table = {
  publisher_confirms: true,
  consumer_cancel_notify: true,
  exchange_exchange_bindings: true,
  'basic.nack': true,
  'connection.blocked': true,
  authentication_failure_close: true,
};

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly ports: { readonly amqp: number };
}

export class RawConnection {
  readonly socket: Socket;
  readonly #inboxes = new Map<number, Inbox>();
  readonly #decoder: Decoder;
  /** Bytes received before any frame could begin: a server that refuses the protocol sends its header. */
  greeting = Buffer.alloc(0);
  heartbeats = 0;
  frameMax = 131_072;
  channelMax = 2047;
  #nextChannel = 1;
  #endedBecause: string | undefined;
  /** Resolves when the server has closed the socket. */
  readonly ended: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#decoder = new Decoder(
      (incoming) => {
        this.#receive(incoming);
      },
      () => this.heartbeats++,
    );
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#data(chunk);
    });
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.#end('the server closed the socket');
        resolve();
      });
    });
  }

  /** Connects the socket and sends nothing. */
  static async connect(address: Address): Promise<RawConnection> {
    const socket = connect(address.ports.amqp, address.host);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  /** Connects and signs in. */
  static async open(address: Address, options: OpenOptions = {}): Promise<RawConnection> {
    const connection = await RawConnection.connect(address);
    await connection.start(options);
    await connection.openHost(options);
    return connection;
  }

  /** Protocol header, `start`, `start-ok`. */
  async start(options: OpenOptions = {}): Promise<Incoming> {
    this.write(protocolHeader);
    const start = await this.next(0, 'connection.start');
    const { user = 'guest', password = 'guest' } = options;
    this.send(0, 'connection.start-ok', {
      properties: options.clientProperties ?? { product: 'conformance', capabilities },
      mechanism: options.mechanism ?? 'PLAIN',
      response: options.response ?? Buffer.from(`\0${user}\0${password}`),
      locale: 'en_US',
    });
    return start;
  }

  /** `tune`, `tune-ok`, `open`. */
  async openHost(options: OpenOptions = {}): Promise<void> {
    const tune = await this.next(0, 'connection.tune');
    const { channelMax, frameMax } = { ...tune.args, ...options.tune } as Record<string, number>;
    this.frameMax = frameMax!;
    this.channelMax = channelMax!;
    this.send(0, 'connection.tune-ok', { channelMax, frameMax, heartbeat: 0, ...options.tune });
    this.send(0, 'connection.open', { virtualHost: options.virtualHost ?? '/' });
    await this.next(0, 'connection.open-ok');
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  send(channel: number, name: string, args: Table = {}): void {
    this.write(methodFrame(channel, name, args));
  }

  inbox(channel: number): Inbox {
    let inbox = this.#inboxes.get(channel);
    if (inbox === undefined) {
      inbox = new Inbox();
      if (this.#endedBecause !== undefined) inbox.end(this.#endedBecause);
      this.#inboxes.set(channel, inbox);
    }
    return inbox;
  }

  /** The next method on a channel, which must be `name`. */
  async next(channel: number, name: string): Promise<Incoming> {
    const incoming = await this.inbox(channel).take(name, () => true);
    if (incoming.name !== name) {
      throw new Error(`expected ${name}, received ${incoming.name} ${JSON.stringify(incoming.args)}`);
    }
    return incoming;
  }

  /** Opens a channel, the lowest number not yet used unless told. */
  async channel(number = this.#nextChannel++): Promise<RawChannel<RawConnection>> {
    const channel = new RawChannel<RawConnection>(this, number);
    await channel.call('channel.open');
    return channel;
  }

  /** The server's `connection.close`, answered; it must then close the socket. */
  async closed(): Promise<Close> {
    const incoming = await this.inbox(0).take('connection.close', ({ name }) => name === 'connection.close');
    this.send(0, 'connection.close-ok');
    await this.ended;
    return closeOf(incoming);
  }

  /** A polite close by the client. */
  async close(): Promise<void> {
    this.send(0, 'connection.close', { replyCode: 200, replyText: 'bye' });
    await this.inbox(0).take('connection.close-ok', ({ name }) => name === 'connection.close-ok');
    this.socket.destroy();
  }

  /** Drops the socket without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  get longestFrame(): number {
    return this.#decoder.longestFrame;
  }

  #data(chunk: Buffer): void {
    if (this.greeting.length < 8) {
      this.greeting = Buffer.concat([this.greeting, chunk]).subarray(0, 8);
      if (this.greeting.toString('latin1', 0, 4) === 'AMQP') return;
    }
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      this.#end(String(error));
      this.socket.destroy();
    }
  }

  #receive(incoming: Incoming): void {
    this.inbox(incoming.channel).put(incoming);
    if (incoming.name === 'connection.close') {
      const { code, text } = closeOf(incoming);
      for (const [channel, inbox] of this.#inboxes) {
        if (channel !== 0) inbox.end(`the server closed the connection (${code} ${text})`);
      }
    }
  }

  #end(why: string): void {
    this.#endedBecause ??= why;
    for (const inbox of this.#inboxes.values()) inbox.end(why);
  }
}
