/** Finds out whether a client is who it claims to be: asks access, and makes every refusal take equally long. */
import type { Identity, SignIn } from '../../access/index.js';
import type { Claim } from './handshake.js';
import { amqpEvents } from './logger.js';
import type { Peer } from './peer.js';
import { printable } from './reply-codes.js';
import type { ServerContext } from './server-context.js';

/** Resolves with the identity, or with `undefined` after the delay of a refusal. */
export async function signIn(
  context: ServerContext,
  peer: Peer,
  claim: Claim | undefined,
): Promise<Identity | undefined> {
  const outcome =
    claim === undefined
      ? ({ ok: false, reason: 'unreadable-response' } as const)
      : await context.access.authenticate(requestOf(claim, peer));
  if (outcome.ok) return outcome.identity;
  context.logger.warn(
    {
      event: amqpEvents.signInRefused,
      connection: peer.name,
      mechanism: claim?.mechanism,
      user: claim !== undefined && 'user' in claim ? printable(claim.user, 64) : undefined,
      reason: outcome.reason,
    },
    'sign-in refused',
  );
  await new Promise<void>((resolve) => {
    context.clock.after(context.settings.refusedSignInDelayMs, resolve);
  });
  return undefined;
}

function requestOf(claim: Claim, peer: Peer): SignIn {
  if (claim.mechanism !== 'EXTERNAL') return { ...claim, peerAddress: peer.address };
  const { authorized, certificate, address, isLocal } = peer;
  if (isLocal) return { mechanism: 'LOCAL' };
  return { mechanism: 'EXTERNAL', authorized, certificate, peerAddress: address };
}
