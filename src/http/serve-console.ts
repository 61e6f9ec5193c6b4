/**
 * The console: the files that its build made, and nothing from anywhere else. Invariants: only files that were there
 * when it was first asked for are given, by their whole name, so no path leads out of the folder; the policy below lets
 * the page run its own script alone, and speak to this server alone.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from './desk.js';
import { problem } from './problem.js';

const folder = fileURLToPath(new URL('../../console/dist/', import.meta.url));
const page = 'index.html';
/** The build names these by their content. */
const immutable = 'public, max-age=31536000, immutable';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const headers = {
  'cache-control': 'no-cache',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    'trusted-types svelte-trusted-html',
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
} as const;

interface ConsoleFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly packed: Buffer;
}

type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

/** Adds the routes. The files are read when one is first asked for. */
export function serveConsole(app: FastifyInstance): void {
  let files: Promise<ConsoleFiles> | undefined;
  const give = async (name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const file = (await (files ??= readFiles())).get(name);
    if (file === undefined) return refuse(request, reply, problem('not-found'));
    const isPacked = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    if (isPacked) void reply.header('content-encoding', 'gzip');
    if (name.startsWith('assets/')) void reply.headers({ ...headers, 'cache-control': immutable });
    else void reply.headers(headers);
    return reply
      .header('vary', 'accept-encoding')
      .type(file.type)
      .send(isPacked ? file.packed : file.plain);
  };
  app.get('/', (request, reply) => give(page, request, reply));
  app.get<{ Params: { '*': string } }>('/console/*', (request, reply) => {
    const { '*': name } = request.params;
    return name === page ? refuse(request, reply, problem('not-found')) : give(name, request, reply);
  });
}

async function readFiles(): Promise<ConsoleFiles> {
  const pack = promisify(gzip);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const read = paths.map(async (path): Promise<[string, ConsoleFile] | undefined> => {
    const type = types[path.split('.').at(-1)!];
    if (type === undefined) return undefined;
    const plain = await readFile(path);
    const name = relative(folder, path).replaceAll(sep, '/');
    return [name, { type, plain, packed: await pack(plain) }];
  });
  return new Map((await Promise.all(read)).filter((each) => each !== undefined));
}
