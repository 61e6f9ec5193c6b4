/**
 * Reads the responses of the three sign-in mechanisms. Invariant: secrets leave here only inside the result, and
 * no error names a part of the response.
 *
 *   PLAIN    = [authorization id] NUL user NUL password          (RFC 4616)
 *   AMQPLAIN = a field table's entries, without its length: LOGIN, PASSWORD  (RabbitMQ's, from AMQP 0-8)
 *   EXTERNAL = empty, or the name the client wants; the TLS certificate, or the operator's own socket, decides
 */
import { decodeFieldEntries } from '../../broker/index.js';

/** The mechanisms in the order they are offered; EXTERNAL only where the socket says who the peer is. */
export const mechanisms = ['PLAIN', 'AMQPLAIN', 'EXTERNAL'] as const;

export type Mechanism = (typeof mechanisms)[number];

/** Whether `name` is a mechanism. */
export function isMechanism(name: string): name is Mechanism {
  return (mechanisms as readonly string[]).includes(name);
}

/** What a client claims; `undefined` from the readers where the response cannot be read. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Reads a response of PLAIN. */
export function readPlain(response: Buffer): Credentials | undefined {
  const first = response.indexOf(0);
  const second = first === -1 ? -1 : response.indexOf(0, first + 1);
  if (second === -1 || response.includes(0, second + 1)) return undefined;
  return {
    user: response.toString('utf8', first + 1, second),
    password: response.toString('utf8', second + 1),
  };
}

/** Reads a response of AMQPLAIN. */
export function readAmqplain(response: Buffer): Credentials | undefined {
  try {
    const entries = decodeFieldEntries(response);
    const user = entries.get('LOGIN');
    const password = entries.get('PASSWORD');
    return typeof user === 'string' && typeof password === 'string' ? { user, password } : undefined;
  } catch {
    return undefined;
  }
}
