/** Which engine an address names: a directory for the embedded one, a URL for a server. */
import { SluiceError } from '../kernel/index.js';

export type EngineAddress =
  | { readonly kind: 'embedded'; readonly directory: string }
  /** `amqp:` or `amqps:`. */
  | { readonly kind: 'amqp'; readonly url: string };

const scheme = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Reads `./data`, `embedded:./data`, `amqp://…`, `amqps://…`, `rabbitmq://…` or `rabbitmqs://…`. Throws `bad-input`
 * for an empty address, and `unsupported` for an engine that is not there (yet).
 */
export function parseEngineAddress(address: string): EngineAddress {
  const name = scheme.exec(address)?.[1]?.toLowerCase();
  const rest = name === undefined ? address : address.slice(name.length + 1);
  switch (name) {
    case undefined:
    case 'embedded':
      return { kind: 'embedded', directory: checkDirectory(rest) };
    case 'amqp':
    case 'amqps':
      return { kind: 'amqp', url: checkUrl(`${name}:${rest}`) };
    case 'rabbitmq':
    case 'rabbitmqs':
      return { kind: 'amqp', url: checkUrl(`${name === 'rabbitmq' ? 'amqp' : 'amqps'}:${rest}`) };
    default:
      throw new SluiceError(
        'unsupported',
        `no engine for '${name}:'; give a directory, or a URL of amqp:, amqps: or rabbitmq:`,
        { details: { scheme: name } },
      );
  }
}

function checkDirectory(directory: string): string {
  if (directory !== '') return directory;
  throw new SluiceError('bad-input', `an engine is a directory ('./data') or a URL ('amqp://localhost')`);
}

function checkUrl(url: string): string {
  if (URL.canParse(url) && new URL(url).hostname !== '') return url;
  // Never the address itself: it may hold a password.
  throw new SluiceError(
    'bad-input',
    'the URL of the engine cannot be read; it looks like amqp://user:password@host:5672',
  );
}
