/** The HTTP side over a server in memory, and requests to it as a signed-in user makes them. */
import { request as plainRequest } from 'node:http';
import { memoryServer, type MemoryServer } from '../../operations/testing/memory-server.js';
import { SluiceError, systemClock, systemRandom } from '../../kernel/index.js';
import { Sessions, startHttp, type HttpServer, type HttpSource } from '../index.js';

/** What a request may say besides its method and path. */
export interface Asked {
  /** `name:password`; guest's unless said otherwise, nobody's for `null`. */
  readonly user?: string | null;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Record<string, unknown> & { readonly items: readonly Record<string, unknown>[] };
}

export interface HttpFixture {
  readonly server: MemoryServer;
  readonly http: HttpServer;
  readonly port: number;
  readonly url: string;
  /** Errors that were told as bugs. */
  readonly failures: unknown[];
  ask(method: string, path: string, asked?: Asked): Promise<Answered>;
  /** Gives a user with these tags, who may do `rights` (a pattern) in `/`; nothing without it. */
  addUser(name: string, tags: readonly string[], rights?: string): Promise<void>;
  close(): Promise<void>;
}

/** The header of a user and password. */
export function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString('base64')}`;
}

/** One request. */
export async function ask(url: string, method: string, path: string, asked: Asked = {}): Promise<Answered> {
  const { user = 'guest:guest', json, headers } = asked;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(user === null ? {} : { authorization: basic(user) }),
      ...(json === undefined ? { 'x-requested-with': 'test' } : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const parsed = (isJson && text !== '' ? JSON.parse(text) : {}) as Answered['json'];
  return { status: response.status, headers: response.headers, text, json: parsed };
}

/** Sends exactly these headers, which `fetch` would not. */
export function statusOf(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = plainRequest({ host: '127.0.0.1', port, path, headers, setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', reject).end();
  });
}

/** Starts it; `changes` replace parts of the source. */
export async function httpFixture(changes: Partial<HttpSource> = {}): Promise<HttpFixture> {
  const server = await memoryServer();
  const failures: unknown[] = [];
  const { clock = systemClock(), sessions = new Sessions({ clock, random: systemRandom() }) } = changes;
  Object.assign(server.services, { sessions });
  const source: HttpSource = {
    ...{ clock, sessions },
    version: '0.0.0',
    settings: { names: [], openMetrics: 'loopback' },
    readiness: () => ({ ready: true }),
    parts: () =>
      Promise.resolve({
        services: server.services,
        tasks: () => Promise.reject(new SluiceError('unsupported', 'no tasks here')),
      }),
    failed: (error) => failures.push(error),
    ...changes,
  };
  const http = await startHttp([{ host: '127.0.0.1', port: 0 }], source);
  const port = http.listeners[0]!.port;
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ server, http, port, url, failures },
    ask: (method, path, asked) => ask(url, method, path, asked),
    async addUser(name, tags, rights) {
      const { access, actor } = server.services;
      await access.addUser({ name, password: name, tags: tags as never }, actor);
      if (rights === undefined) return;
      await access.setPermissions(
        { user: name, vhost: '/', configure: rights, write: rights, read: rights },
        actor,
      );
    },
    async close() {
      await http.stop();
      await server.close();
    },
  };
}
