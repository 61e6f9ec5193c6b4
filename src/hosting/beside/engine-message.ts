/**
 * A message as an operator publishes it, as the engine port carries it. Invariant: a property that the port cannot carry
 * is refused, and none is left out in silence.
 */
import type { EngineMessage, HeaderTable } from '../../engines/index.js';
import { SluiceError } from '../../kernel/index.js';
import type { EnginePublish } from '../../operations/index.js';

/** Throws `bad-input` for an expiration that is no number, `unsupported` for what cannot be sent. */
export function engineMessageOf({ body, properties }: EnginePublish): EngineMessage {
  const { deliveryMode, userId, clusterId, headers, expiration, timestamp, ...texts } = properties;
  if (userId !== undefined || clusterId !== undefined)
    throw new SluiceError(
      'unsupported',
      'userId and clusterId: only who signs in to the engine may set them',
    );
  if (deliveryMode !== undefined && deliveryMode !== 2)
    throw new SluiceError('unsupported', 'deliveryMode: messages are published to another engine as durable');
  const given = {
    ...texts,
    headers: headers as HeaderTable | undefined,
    expirationMs: expiration === undefined ? undefined : millisecondsIn(expiration),
    timestamp: timestamp === undefined ? undefined : new Date(timestamp * 1_000),
  };
  return { body, ...defined(given) };
}

function millisecondsIn(expiration: string): number {
  if (/^\d{1,15}$/.test(expiration)) return Number(expiration);
  throw new SluiceError('bad-input', 'expiration: not a whole number of milliseconds');
}

type Defined<Given> = { readonly [Name in keyof Given]?: NonNullable<Given[Name]> };

/** Without the entries that are undefined. */
function defined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as Defined<Given>;
}
