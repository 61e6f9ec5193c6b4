/** The open connections of every protocol in one list, for operators. */
import type { AmqpServer } from '../protocols/amqp/index.js';
import { toPlain } from '../broker/index.js';
import type { ConnectionDetail, ConnectionRow, Connections } from '../operations/index.js';

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

function detailOf(report: ConnectionReport): ConnectionDetail {
  return {
    ...rowOf(report),
    tuning: report.tuning,
    clientProperties: toPlain(report.clientProperties),
    receivedBytes: report.receivedBytes,
    sentBytes: report.sentBytes,
    bufferedBytes: report.bufferedBytes,
    channelList: report.channels,
  };
}

function* eachDetail(amqp: AmqpServer | undefined): Generator<ConnectionDetail, void, undefined> {
  for (const report of amqp?.eachReport() ?? []) yield detailOf(report);
}

/** Views over an AMQP server, which may not be there yet. */
export function connectionsOf(amqp: () => AmqpServer | undefined): Connections {
  return {
    get count() {
      return amqp()?.connectionCount ?? 0;
    },
    get churn() {
      return amqp()?.churn;
    },
    get limits() {
      return amqp()?.throttles;
    },
    figures: () => amqp()?.eachConnection() ?? [],
    list: () => amqp()?.connections().map(rowOf) ?? [],
    details: () => eachDetail(amqp()),
    close: (id, reason) => amqp()?.closeConnection(id, reason) ?? false,
  };
}
