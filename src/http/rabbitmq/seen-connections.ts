/** The connections and consumers that a caller sees. */
import type { ConnectionDetail, ConsumerRow } from '../../operations/index.js';
import { rowsOf } from './operation.js';
import type { Visit } from './rabbit-route.js';

/** Connections whose user is the caller; all of them for whoever monitors the server. */
export async function seenConnections(visit: Visit): Promise<ConnectionDetail[]> {
  const { caller } = visit;
  const details = await rowsOf<ConnectionDetail>(visit, 'connection.details');
  if (caller.holdsTag('monitor')) return details;
  return details.filter(({ user }) => user === caller.identity.name);
}

/** Consumers, likewise. */
export async function seenConsumers(visit: Visit, vhost?: string): Promise<ConsumerRow[]> {
  const { caller } = visit;
  const rows = await rowsOf<ConsumerRow>(visit, 'consumer.list', { vhost });
  return caller.holdsTag('monitor') ? rows : rows.filter(({ user }) => user === caller.identity.name);
}
