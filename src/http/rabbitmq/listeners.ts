/** Listeners under RabbitMQ's names of protocols. */
import type { ServerStatus } from '../../operations/index.js';
import type { Item } from './columns.js';
import { nodeName } from './identity.js';

/** One open port. */
export interface ListenerItem {
  readonly node: string;
  readonly protocol: string;
  readonly ip_address: string;
  readonly port: number;
  readonly socket_opts: Readonly<Record<string, unknown>>;
}

const protocolNames: Readonly<Record<string, string>> = {
  amqps: 'amqp/ssl',
  mqtts: 'mqtt/ssl',
  stomps: 'stomp/ssl',
};

/** The listeners, one for each address and port. */
export function listenerItems({
  ports,
  addresses,
}: Pick<ServerStatus, 'addresses' | 'ports'>): ListenerItem[] {
  return Object.entries(ports).flatMap(([protocol, port]) =>
    addresses.map((address) => ({
      node: nodeName,
      protocol: protocolNames[protocol] ?? protocol,
      ip_address: address,
      port,
      socket_opts: {},
    })),
  );
}

/** Where HTTP is served, as RabbitMQ tells of its web interfaces. */
export function contextItems(status: Pick<ServerStatus, 'addresses' | 'ports'>): Item[] {
  return listenerItems(status)
    .filter(({ protocol }) => protocol === 'http' || protocol === 'https')
    .map(({ ip_address: ip, port }) => ({ description: 'Sluice', path: '/', ip, port: String(port) }));
}
