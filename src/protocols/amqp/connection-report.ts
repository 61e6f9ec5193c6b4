/** Connections as views show them. */
import type { LatencyFigures } from '../../kernel/index.js';
import { emptyFieldTable, type FieldTable } from '../../broker/index.js';
import type { ChannelReport } from './channel-session.js';
import type { Tuning } from './handshake.js';
import type { Output } from './output.js';
import type { Peer } from './peer.js';
import type { Session } from './session.js';
import { newTrafficCounts, type TrafficCounts } from './traffic.js';

export interface ConnectionReport {
  /** `127.0.0.1:50312 -> 127.0.0.1:5672`. */
  readonly name: string;
  readonly peerAddress: string | undefined;
  readonly peerPort: number | undefined;
  readonly isEncrypted: boolean;
  /** `open` while it works; `flow`, `blocked` and `throttled` while it is held as a publisher; else the stage it is in. */
  readonly state: string;
  /** Undefined until it has opened a virtual host; so are `vhost` and `tuning`. */
  readonly user: string | undefined;
  readonly vhost: string | undefined;
  readonly tuning: Tuning | undefined;
  readonly clientProperties: FieldTable;
  /** Milliseconds since the Unix epoch. */
  readonly connectedMs: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** What it was not sent yet and is in memory for it. */
  readonly bufferedBytes: number;
  /** All that it was not sent yet, of large bodies what is on disk too. */
  readonly unsentBytes: number;
  readonly channels: readonly ChannelReport[];
}

/** A connection in figures alone. */
export interface ConnectionFigures extends Readonly<TrafficCounts> {
  readonly name: string;
  /** Empty until it has opened a virtual host, as is `vhost`. */
  readonly user: string;
  readonly vhost: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly unsentBytes: number;
  readonly channels: number;
  /** It is held as a publisher: by an alarm, or by bytes that are not on disk yet. */
  readonly isBlocked: boolean;
  /** How long its publishes waited for their confirm, one timed at a time; undefined: none was yet. */
  readonly confirms: LatencyFigures | undefined;
}

/** What a connection shows. */
export interface Reported {
  readonly peer: Peer;
  readonly connectedMs: number;
  readonly receivedBytes: number;
  readonly stage: string;
  readonly output: Output;
  readonly session: Session | undefined;
}

export function reportOf(shown: Reported): ConnectionReport {
  const { peer, session, output } = shown;
  const info = session?.info;
  return {
    name: peer.name,
    peerAddress: peer.address,
    peerPort: peer.port,
    isEncrypted: peer.isEncrypted,
    state: shown.stage,
    user: info?.identity.name,
    vhost: info?.vhost,
    tuning: info?.tuning,
    clientProperties: info?.clientProperties ?? emptyFieldTable,
    connectedMs: shown.connectedMs,
    receivedBytes: shown.receivedBytes,
    sentBytes: output.sentBytes,
    bufferedBytes: output.bufferedBytes,
    unsentBytes: output.unsentBytes,
    channels: session?.channelReports ?? [],
  };
}

/** Fills one object for connection after connection. */
export class ConnectionFrame implements ConnectionFigures {
  name = '';
  user = '';
  vhost = '';
  receivedBytes = 0;
  sentBytes = 0;
  unsentBytes = 0;
  channels = 0;
  isBlocked = false;
  published = 0;
  delivered = 0;
  redelivered = 0;
  acknowledged = 0;
  rejected = 0;
  confirms: LatencyFigures | undefined = undefined;

  fill({ peer, session, output, receivedBytes, stage }: Reported): this {
    this.name = peer.name;
    this.user = session?.info.identity.name ?? '';
    this.vhost = session?.info.vhost ?? '';
    this.receivedBytes = receivedBytes;
    this.sentBytes = output.sentBytes;
    this.unsentBytes = output.unsentBytes;
    this.channels = session?.channelCount ?? 0;
    this.isBlocked = session !== undefined && stage !== 'running';
    if (session === undefined) Object.assign(this, newTrafficCounts());
    else session.traffic.read(this);
    this.confirms = session?.traffic.confirms;
    return this;
  }
}
