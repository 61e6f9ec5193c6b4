/**
 * A broker connection for one operation. No permission is asked here: whoever holds the control
 * socket has every right, and the HTTP API asks before. What it changes is written to the audit log by the operation that uses it.
 */
import type { BrokerChannel, ChannelSink, Operator } from '../broker/index.js';
import type { Services } from './services.js';

const nothing = (): void => undefined;

/** For channels that consume nothing. */
const silentSink: ChannelSink = { deliver: nothing, consumerCancelled: nothing, channelFailed: nothing };

/** Runs `use` on a channel of its own; resolves when everything it did is durable. */
export async function withOperatorChannel<Result>(
  services: Services,
  vhost: string,
  use: (channel: BrokerChannel) => Result | Promise<Result>,
  sink: ChannelSink = silentSink,
): Promise<Result> {
  const connection = services.broker.connect({
    name: services.actor.source,
    user: services.actor.identity.name,
    vhost,
    isOperator: true,
  });
  try {
    return await use(connection.openChannel(sink));
  } finally {
    connection.close();
    await services.broker.administration.durable();
  }
}

/** Who gives the order, as the journal tells of it. */
export function operatorOf({ actor }: Pick<Services, 'actor'>): Operator {
  return { user: actor.identity.name, source: actor.source };
}

/** Whose orders remedies are in the journal; their audit entries name who asked. */
export const remedyOperator: Operator = { user: 'sluice', source: 'remedy' };
