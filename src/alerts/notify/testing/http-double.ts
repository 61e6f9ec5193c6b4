/**
 * A local server that stands in for a chat service or a webhook: it keeps what it was sent, and answers as its `answer`
 * says. A double, not the service.
 */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: it never answers. */
  readonly body?: string | undefined;
}

export interface HttpDouble {
  readonly url: string;
  readonly received: readonly Received[];
  /** Resolves when there are so many requests. */
  has(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Listens on a free port of this machine. */
export async function httpDouble(answer: (received: Received) => Answer): Promise<HttpDouble> {
  const received: Received[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body };
      const given = answer(one);
      received.push(one);
      for (const { resolve } of waiting.filter(({ count }) => received.length >= count)) resolve();
      if (!('body' in given) || given.body !== undefined) {
        response.writeHead(given.status ?? 200, given.headers).end(given.body ?? '');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    has: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
