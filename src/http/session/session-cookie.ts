/**
 * The cookie of a session (RFC 6265): how it is set, taken back, and read. Invariants: no script of a page can read it,
 * no other site can send it; over TLS it has a name that only this very host can set; and where a request has several
 * of that name, none of them counts, since one may have been put there by another host.
 */
import type { FastifyRequest } from 'fastify';
import { isToken } from './session-token.js';

const encryptedName = '__Host-sluice-session';
const plainName = 'sluice-session';

/** What of a request tells its cookie. */
export type CookieRequest = Pick<FastifyRequest, 'headers' | 'protocol'>;

/** The name of the cookie for requests that come like this one. */
export function cookieName({ protocol }: Pick<CookieRequest, 'protocol'>): string {
  return protocol === 'https' ? encryptedName : plainName;
}

/** Whether a request carries the cookie, whatever is in it. */
export function hasSessionCookie(request: CookieRequest): boolean {
  return valuesIn(request).length > 0;
}

/** The token that a request carries; undefined: none, none of the right shape, or more than one. */
export function tokenIn(request: CookieRequest): string | undefined {
  const [value, ...others] = valuesIn(request);
  return value !== undefined && others.length === 0 && isToken(value) ? value : undefined;
}

/** The header that keeps a token in the browser until it is closed. */
export function keepingCookie(request: CookieRequest, token: string): string {
  return `${cookieName(request)}=${token}; ${attributesOf(request)}`;
}

/** The header that makes the browser forget. */
export function clearingCookie(request: CookieRequest): string {
  return `${cookieName(request)}=; Max-Age=0; ${attributesOf(request)}`;
}

function attributesOf({ protocol }: CookieRequest): string {
  return `Path=/; HttpOnly; SameSite=Strict${protocol === 'https' ? '; Secure' : ''}`;
}

/** Every value of the name. Headers are bounded, and so is this. */
function valuesIn(request: CookieRequest): readonly string[] {
  const { cookie } = request.headers;
  if (cookie === undefined) return [];
  const start = `${cookieName(request)}=`;
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
}
