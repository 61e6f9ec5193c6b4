/** The listening sockets of a server: plain TCP and TLS. Invariant: each socket given on is connected, and
 * its TLS handshake is over. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { TlsMaterial } from '../../access/index.js';
import { messageOf, SluiceError, systemCodeOf } from '../../kernel/index.js';

/** Where to listen. */
export interface ListenerOptions {
  /** An address; `0.0.0.0` or `::` for all. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Set for a listener that speaks TLS; what it reloads, new connections get. */
  readonly tls?: TlsMaterial;
}

/** What a listener reports. */
export interface ListenerHandler {
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
  connected(socket: Socket): void;
  tlsFailed(error: Error, peerAddress: string | undefined): void;
  failed(error: Error): void;
}

const keepAliveMs = 60_000;
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs };

/** Makes a server that is not listening yet; a TLS one gets what its material reloads until it closes. */
export function makeListener(tls: TlsMaterial | undefined, handler: ListenerHandler): Server {
  const server = tls === undefined ? plainServer(handler) : tlsServer(tls, handler);
  server.on('error', (error: Error) => {
    // What fails before is told to whoever called `listen`.
    if (server.listening) handler.failed(error);
  });
  return server;
}

/**
 * Makes `server` listen; gives the address it got.
 *
 * @throws SluiceError `port-taken`, `access-refused` for a port that needs privileges, else `connection-failed`.
 */
export async function listen(
  server: Server,
  options: ListenerOptions,
  backlog: number,
): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const refused = (error: Error): void => {
      reject(listenError(error, options));
    };
    server.once('error', refused);
    // Exclusive: a cluster's primary would else share the port out among its workers.
    server.listen({ host: options.host, port: options.port, backlog, exclusive: true }, () => {
      server.off('error', refused);
      resolve();
    });
  });
  return server.address() as AddressInfo;
}

/** Makes a server for a Unix socket; nothing of TCP applies. */
export function makeLocalListener(handler: Pick<ListenerHandler, 'connected' | 'failed'>): Server {
  const server = createServer((socket) => {
    handler.connected(socket);
  });
  server.on('error', (error: Error) => {
    if (server.listening) handler.failed(error);
  });
  return server;
}

function plainServer(handler: ListenerHandler): Server {
  return createServer(socketOptions, (socket) => {
    handler.connected(socket);
  });
}

function tlsServer(material: TlsMaterial, handler: ListenerHandler): TlsServer {
  const server = createTlsServer({
    ...socketOptions,
    ...material.serverOptions(),
    handshakeTimeout: handler.handshakeMs,
  });
  server.on('secureConnection', (socket) => {
    handler.connected(socket);
  });
  server.on('tlsClientError', (error, socket) => {
    handler.tlsFailed(error, socket.remoteAddress);
    socket.destroy();
  });
  server.once('close', material.attach(server));
  return server;
}

function listenError(error: Error, { host, port }: ListenerOptions): SluiceError {
  const details = { host, port };
  const code = systemCodeOf(error);
  if (code === 'EADDRINUSE') {
    return new SluiceError('port-taken', `port ${port} on ${host} is taken`, { cause: error, details });
  }
  if (code === 'EACCES') {
    const message = `no permission to listen on port ${port} of ${host}`;
    return new SluiceError('access-refused', message, { cause: error, details });
  }
  const message = `cannot listen on port ${port} of ${host}: ${messageOf(error)}`;
  return new SluiceError('connection-failed', message, { cause: error, details });
}
