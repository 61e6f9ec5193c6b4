/** `connection.update-secret`: a client shows a new password, or token, for the identity it has. */
import { SluiceError } from '../../kernel/index.js';
import { methodNumber, type Method } from './codec/index.js';
import type { Peer } from './peer.js';
import type { ServerContext } from './server-context.js';
import type { Session } from './session.js';
import { signIn } from './sign-in.js';

/** What it needs of the connection. */
export interface SecretHost {
  readonly peer: Peer;
  readonly session: Session | undefined;
  send(channel: number, method: Method, sequence: number): void;
  suspend(): () => void;
  fail(thrown: unknown, method: number): void;
}

/** Checks the secret as at a sign-in; another one than the user's ends the connection with 530, as in RabbitMQ. */
export async function refreshSecret(
  context: ServerContext,
  host: SecretHost,
  session: Session,
  secret: string,
): Promise<void> {
  const resume = host.suspend();
  try {
    const { identity } = session.info;
    const claim = { mechanism: 'PLAIN', user: identity.name, password: secret } as const;
    const found = await signIn(context, host.peer, claim);
    if (host.session !== session) return;
    if (found?.id === identity.id) host.send(0, { name: 'connection.update-secret-ok' }, 0);
    else throw new SluiceError('refused', 'New secret was refused by one of the backends');
  } catch (thrown) {
    host.fail(thrown, methodNumber('connection.update-secret'));
  } finally {
    resume();
  }
}
