/**
 * The HTTP server: one application on every address, plain and encrypted. Slow and idle clients are bounded in
 * time and number, so strangers cannot hold it up.
 */
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsMaterial } from '../access/index.js';
import { messageOf, SluiceError, systemCodeOf } from '../kernel/index.js';
import { application } from './application.js';
import type { HttpSource } from './source.js';

/** Where to listen. */
export interface HttpListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsMaterial;
}

/** A listener that accepts. */
export interface HttpListener {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
}

/** A running server. */
export interface HttpServer {
  readonly listeners: readonly HttpListener[];
  /** Ends every connection. Safe to call twice. */
  stop(): Promise<void>;
}

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 5_000,
};
const connectionsMax = 1_000;

interface OpenServer {
  readonly listener: HttpListener;
  stop(): Promise<void>;
}

function listenError(error: unknown, { host, port }: HttpListenerOptions): SluiceError {
  const details = { host, port };
  const code = systemCodeOf(error);
  if (code === 'EADDRINUSE') {
    return new SluiceError('port-taken', `port ${port} on ${host} is taken`, { cause: error, details });
  }
  const message = `cannot listen on port ${port} of ${host}: ${messageOf(error)}`;
  return new SluiceError('connection-failed', message, { cause: error, details });
}

function serverOf(handler: RequestListener, tls: TlsMaterial | undefined): Server | TlsServer {
  if (tls === undefined) return createPlainServer(limits, handler);
  return createTlsServer({ ...limits, ...tls.serverOptions() }, handler);
}

async function open(options: HttpListenerOptions, handler: RequestListener): Promise<OpenServer> {
  const server = serverOf(handler, options.tls);
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(listenError(error, options));
    });
    // Exclusive: a cluster's primary would else share the port out among its workers.
    server.listen({ host: options.host, port: options.port, exclusive: true }, resolve);
  });
  const detach = 'setSecureContext' in server ? options.tls?.attach(server) : undefined;
  const { address, port } = server.address() as AddressInfo;
  return {
    listener: { host: address, port, isEncrypted: options.tls !== undefined },
    stop: () =>
      new Promise((resolve) => {
        detach?.();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Listens on every address, or on none. Rejects with 'port-taken' or 'connection-failed'. */
export async function startHttp(
  listeners: readonly HttpListenerOptions[],
  source: HttpSource,
): Promise<HttpServer> {
  const app = await application(source);
  const opened: OpenServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((server) => server.stop()));
    await app.close();
  };
  try {
    for (const options of listeners) {
      opened.push(
        await open(options, (request, response) => {
          app.routing(request, response);
        }),
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { listeners: opened.map(({ listener }) => listener), stop };
}
