/**
 * The console: a page, a script and a style from the package, and nothing from anywhere else. Invariant: the policy
 * below lets the page run its own script alone, and speak to this server alone.
 */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

const folder = new URL('../../console/', import.meta.url);

const files: readonly { readonly url: string; readonly name: string; readonly type: string }[] = [
  { url: '/', name: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/console/console.css', name: 'console.css', type: 'text/css; charset=utf-8' },
  { url: '/console/console.js', name: 'console.js', type: 'text/javascript; charset=utf-8' },
  { url: '/console/texts.js', name: 'texts.js', type: 'text/javascript; charset=utf-8' },
];

const headers = {
  'cache-control': 'no-cache',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** Adds the routes. The files are read when they are first asked for. */
export function serveConsole(app: FastifyInstance): void {
  const texts = new Map<string, Promise<string>>();
  for (const { url, name, type } of files) {
    app.get(url, async (_request, reply) => {
      let text = texts.get(name);
      if (text === undefined) texts.set(name, (text = readFile(new URL(name, folder), 'utf8')));
      return reply
        .headers(headers)
        .type(type)
        .send(await text);
    });
  }
}
