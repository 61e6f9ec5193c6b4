/** The exchange that a client's message names, and which of them clients may not publish to. */
import { SluiceError } from '../kernel/index.js';
import type { Exchange } from './exchange.js';
import type { InboundMessage } from './face.js';
import { requestExchange, type VirtualHost } from './state.js';

/** @throws SluiceError `not-found` for an absent exchange, `access-refused` for an internal one. */
export function exchangeFor(vhost: VirtualHost, message: InboundMessage): Exchange {
  const exchange = vhost.exchanges.get(message.exchange);
  if (exchange === undefined)
    throw new SluiceError('not-found', `no exchange '${message.exchange}' in vhost '${vhost.name}'`);
  if (exchange.name === requestExchange)
    throw new SluiceError(
      'access-refused',
      `exchange '${requestExchange}' takes requests, and none by this way`,
    );
  if (!exchange.internal) return exchange;
  throw new SluiceError(
    'access-refused',
    `cannot publish to internal exchange '${exchange.name}' in vhost '${vhost.name}'`,
  );
}
