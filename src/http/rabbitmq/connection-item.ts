/** Connections as RabbitMQ shows them. */
import type { ConnectionDetail } from '../../operations/index.js';
import type { Item } from './columns.js';
import { nodeName } from './identity.js';
import type { RateSet } from './rates.js';

/** A connection's name ends with the address that it reached: `… -> 127.0.0.1:5672`. */
function localAddress(name: string): { readonly host?: string; readonly port?: number } {
  const found = /-> (?:\[(.+)\]|(\S+)):(\d+)$/.exec(name);
  const host = found?.[1] ?? found?.[2];
  return host === undefined ? {} : { host, port: Number(found?.[3]) };
}

function agreed({ tuning }: ConnectionDetail): Item {
  if (tuning === undefined) return {};
  return {
    channel_max: tuning.channelMax,
    frame_max: tuning.frameBytesMax,
    timeout: tuning.heartbeatSeconds,
  };
}

/** Of an encrypted connection Sluice keeps no more than that it is. */
const unencrypted = {
  peer_cert_issuer: null,
  peer_cert_subject: null,
  peer_cert_validity: null,
  ssl_cipher: null,
  ssl_hash: null,
  ssl_key_exchange: null,
  ssl_protocol: null,
};

/** A connection. `rates`: bytes a second; undefined: they are unknown. */
export function connectionItem(connection: ConnectionDetail, rates?: RateSet<'recv_oct' | 'send_oct'>): Item {
  const provided = connection.clientProperties['connection_name'];
  return {
    ...agreed(connection),
    ...localAddress(connection.name),
    channels: connection.channels,
    client_properties: connection.clientProperties,
    connected_at: Math.round(connection.sinceMs),
    name: connection.name,
    node: nodeName,
    peer_host: connection.peerAddress,
    peer_port: connection.peerPort,
    protocol: connection.protocol,
    recv_oct: connection.receivedBytes,
    ...(rates && { recv_oct_details: { rate: rates.recv_oct } }),
    send_oct: connection.sentBytes,
    ...(rates && { send_oct_details: { rate: rates.send_oct } }),
    send_pend: connection.bufferedBytes,
    ssl: connection.encrypted,
    ...(connection.encrypted ? {} : unencrypted),
    state: connection.state === 'open' ? 'running' : connection.state,
    type: 'network',
    user: connection.user,
    ...(typeof provided === 'string' ? { user_provided_name: provided } : {}),
    user_who_performed_action: connection.user,
    vhost: connection.vhost,
  };
}
