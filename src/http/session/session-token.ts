/**
 * The secrets of a session: its token, which only the browser's cookie jar keeps, and the token against requests of
 * other pages, which is worked out from it. Invariant: from what is kept here, neither can be worked out.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../kernel/index.js';

const tokenBytes = 32;
const purpose = 'sluice x-csrf-token';

/** The shape of a token: 256 bits as base64url. Nothing else is looked up. */
const tokenShape = /^[\w-]{43}$/;

/** A new token. */
export function newToken(random: Random): string {
  return random.bytes(tokenBytes).toString('base64url');
}

export function isToken(text: string): boolean {
  return tokenShape.test(text);
}

/** What is kept of a token, and finds its session. */
export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** What a page sends along with every change, in a header that no other page can set. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update(purpose).digest('base64url');
}

/** Whether `given` is the one of `token`; in constant time. */
export function isCsrfTokenOf(token: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const expected = Buffer.from(csrfTokenOf(token));
  const sent = Buffer.from(given);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
