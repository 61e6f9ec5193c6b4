/** Connections as views show them. */
import type { FieldTable } from '../../broker/index.js';
import type { ChannelReport } from './channel-session.js';
import type { Tuning } from './handshake.js';

export interface ConnectionReport {
  /** `127.0.0.1:50312 -> 127.0.0.1:5672`. */
  readonly name: string;
  readonly peerAddress: string | undefined;
  readonly peerPort: number | undefined;
  readonly isEncrypted: boolean;
  /** `open` while it works; `flow` and `blocked` while it is held as a publisher; else the stage it is in. */
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
  readonly channels: readonly ChannelReport[];
}
