/**
 * Signing in with a user and a password, by HTTP Basic or for a session, as a user of `access`. Invariants: the address is the socket's own, never a header's; every
 * refusal says the same and takes as long; nobody comes in without a tag that gives the management interface.
 */
import type { Access, Identity } from '../access/index.js';
import type { Clock } from '../kernel/index.js';
import { problem, type Problem } from './problem.js';

const refusalDelayMs = 500;
const credentialsLengthMax = 4_096;

/** What signing in led to. */
export type SignedIn =
  { readonly kind: 'in'; readonly identity: Identity } | { readonly kind: 'out'; readonly problem: Problem };

/** Who somebody says to be, and by what it is to be believed. */
export interface Credentials {
  readonly mechanism: 'basic' | 'session';
  readonly user: string;
  readonly password: string;
}

/** The user and password of an Authorization header (RFC 7617, UTF-8). */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/]+=*) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined || encoded.length > credentialsLengthMax) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0
    ? undefined
    : { mechanism: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Finds out who asks; undefined: somebody who does not say. */
export async function signIn(
  access: Access,
  clock: Clock,
  credentials: Credentials | undefined,
  peerAddress: string | undefined,
): Promise<SignedIn> {
  if (credentials === undefined) return out(problem('signed-out'));
  const outcome = await access.authenticate({ ...credentials, peerAddress });
  if (outcome.ok) return admitted(access, outcome.identity);
  if (outcome.reason === 'throttled') return out(problem('throttled', undefined, true));
  if (outcome.reason === 'busy') return out(problem('refused', 'too many sign-ins at once', true));
  await new Promise<void>((resolve) => {
    clock.after(refusalDelayMs, resolve);
  });
  return out(problem('signed-out', 'the user name or the password is wrong, or not for this address'));
}

function admitted(access: Access, identity: Identity): SignedIn {
  const decision = access.decide(identity, { action: 'manage' });
  return decision.allowed ? { kind: 'in', identity } : out(problem('access-refused', decision.reason));
}

function out(refusal: Problem): SignedIn {
  return { kind: 'out', problem: refusal };
}
