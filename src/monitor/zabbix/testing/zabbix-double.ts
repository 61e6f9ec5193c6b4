/**
 * A double of a Zabbix server's trapper: it keeps the bytes and values of every request, and answers as it is told. It
 * follows Zabbix's manual; `tests/interop` holds it against Debian's `zabbix_sender`.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createEncryptedServer, type TlsOptions } from 'node:tls';
import { encodePacket, PacketReader } from '../sender/packet.js';

export interface SentValue {
  readonly host: string;
  readonly key: string;
  readonly value: string;
  readonly clock: number;
  readonly ns: number;
}

/** What it does with a request: takes it, takes it without some keys, says nothing, hangs up, or answers these bytes. */
export type Behaviour =
  | { readonly kind: 'take'; readonly refuses?: (key: string) => boolean }
  | { readonly kind: 'silent' }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'answer'; readonly bytes: Buffer };

const requestBytesMax = 64 * 1_048_576;

export class ZabbixDouble {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Whole requests, in their envelopes' place. */
  readonly bodies: Buffer[] = [];
  behaviour: Behaviour = { kind: 'take' };

  private constructor(encryption: TlsOptions | undefined) {
    const serve = (socket: Socket): void => {
      this.#serve(socket);
    };
    this.#server = encryption === undefined ? createServer(serve) : createEncryptedServer(encryption, serve);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  /** Listens on a free port of the loopback address. */
  static async start(encryption?: TlsOptions): Promise<ZabbixDouble> {
    const double = new ZabbixDouble(encryption);
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every value that came, in order. */
  get values(): readonly SentValue[] {
    return this.bodies.flatMap((body) => (JSON.parse(body.toString()) as { data: SentValue[] }).data);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    const reader = new PacketReader(requestBytesMax);
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      try {
        const body = reader.push(piece);
        if (body !== undefined) this.#answer(socket, body);
      } catch {
        // No packet, as when a client begins to encrypt: a server hangs up.
        socket.destroy();
      }
    });
  }

  #answer(socket: Socket, body: Buffer): void {
    const { behaviour } = this;
    switch (behaviour.kind) {
      case 'silent':
        return;
      case 'hang-up':
        socket.destroy();
        return;
      case 'answer':
        socket.end(behaviour.bytes);
        return;
      case 'take':
        this.bodies.push(body);
        socket.end(encodePacket(Buffer.from(taken(body, behaviour.refuses))));
    }
  }
}

function taken(body: Buffer, refuses: (key: string) => boolean = () => false): string {
  const { data } = JSON.parse(body.toString()) as { data: SentValue[] };
  const failed = data.filter(({ key }) => refuses(key)).length;
  const info = `processed: ${data.length - failed}; failed: ${failed}; total: ${data.length}; seconds spent: 0.000055`;
  return JSON.stringify({ response: 'success', info });
}
