/** The open connections of every protocol in one list, for operators. */
import type { AmqpServer } from '../protocols/amqp/index.js';
import type { ConnectionRow, Connections } from '../operations/index.js';

type ConnectionReport = ReturnType<AmqpServer['connections']>[number];

/** What a client may have said of itself that is worth a column. */
const describing = ['connection_name', 'product', 'version', 'platform'] as const;

function clientOf({ clientProperties }: ConnectionReport): string {
  return describing
    .map((name) => clientProperties.get(name))
    .filter((value): value is string => typeof value === 'string' && value !== '')
    .join(' ');
}

function rowOf(report: ConnectionReport): ConnectionRow {
  return {
    id: report.name,
    name: report.name,
    protocol: 'AMQP 0-9-1',
    user: report.user ?? '',
    vhost: report.vhost ?? '',
    peerAddress: report.peerAddress ?? '',
    peerPort: report.peerPort ?? 0,
    encrypted: report.isEncrypted,
    state: report.state,
    channels: report.channels.length,
    sinceMs: report.connectedMs,
    client: clientOf(report),
  };
}

/** Views over an AMQP server, which may not be there yet. */
export function connectionsOf(amqp: () => AmqpServer | undefined): Connections {
  return {
    list: () => amqp()?.connections().map(rowOf) ?? [],
    close: (id, reason) => amqp()?.closeConnection(id, reason) ?? false,
  };
}
