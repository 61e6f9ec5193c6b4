/**
 * Keeps web pages of other sites from using a browser on this machine against the server. Invariants: over loopback
 * only names of this machine are answered (a page cannot rebind its own name to reach what needs no password, or
 * `guest`'s); and nothing is changed for a page of another origin, whatever the browser sends along.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../access/index.js';
import { problem, type Problem } from './problem.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const ownSites = new Set<unknown>([undefined, 'same-origin', 'none']);

/** The name in a Host header, without its port, in lower case; undefined: there is none, or it is malformed. */
export function hostName(host: string | undefined): string | undefined {
  const found = /^(\[[0-9a-f:.]+\]|[^:@/\\\s]+)(:\d{1,5})?$/i.exec(host ?? '');
  return found?.[1]?.toLowerCase();
}

function isThisMachine(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** Why a request is not served, before anything of it is looked at; undefined: it is. */
export function guard(request: IncomingMessage, names: readonly string[]): Problem | undefined {
  const { headers, method = '', socket } = request;
  const name = hostName(headers.host);
  if (name === undefined) return problem('misdirected', 'the request names no host');
  if (isLoopback(socket.localAddress) && !isThisMachine(name) && !names.includes(name)) {
    return problem('misdirected', 'this name is not one of the server; see the setting http.names');
  }
  return safeMethods.has(method) ? undefined : guardChange(request);
}

/** Whether a browser says that a page of another site, or of another port, made it ask. */
export function isFromElsewhere({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return !ownSites.has(headers['sec-fetch-site']);
}

/** Forms of other pages cannot send JSON, nor a header of their own, without asking; and nobody is told yes here. */
function guardChange(request: IncomingMessage): Problem | undefined {
  const { headers, method } = request;
  if (isFromElsewhere(request)) return problem('cross-site');
  if (headers.origin !== undefined && originHost(headers.origin) !== headers.host?.toLowerCase()) {
    return problem('cross-site');
  }
  const isJson = /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');
  if (method !== 'POST' || isJson || headers['x-requested-with'] !== undefined) return undefined;
  return problem(
    'unsupported-media-type',
    'a POST is sent with content-type: application/json, or, without a body, with x-requested-with',
  );
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
