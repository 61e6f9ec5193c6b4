/** What all connections of one AMQP server share: the broker, access, and the reused objects of the hot path. */
import type { Access } from '../../access/index.js';
import type { FieldTable } from '../../broker/index.js';
import { PropertyScan } from '../../broker/index.js';
import type { BrokerFace, InboundMessage } from '../../broker/index.js';
import type { Clock } from '../../kernel/index.js';
import type { ChunkPool } from './chunk-pool.js';
import type { ContentLimits, ContentSource } from './codec/index.js';
import type { FlushQueue } from './flush-queue.js';
import type { HeartbeatScan } from './heartbeat-scan.js';
import type { Leases } from './leases.js';
import type { Logger } from './logger.js';
import type { PublisherHold } from './publisher-hold.js';
import type { ThrottleBook } from './publisher-throttle.js';
import type { AmqpSettings } from './settings.js';

/** What came and went since the server was made. */
export interface Churn {
  connectionsOpened: number;
  connectionsClosed: number;
  channelsOpened: number;
  channelsClosed: number;
}

export interface ServerContext {
  readonly broker: BrokerFace;
  readonly access: Access;
  readonly settings: AmqpSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly serverProperties: FieldTable;
  readonly pool: ChunkPool;
  readonly flushQueue: FlushQueue;
  readonly scan: HeartbeatScan;
  readonly leases: Leases;
  readonly hold: PublisherHold;
  readonly throttles: ThrottleBook;
  readonly churn: Churn;
  readonly limits: ContentLimits;
  /** Filled and read within one call; so is `source`. */
  readonly inbound: InboundMessage;
  readonly source: ContentSource;
}

/** Bodies above this go to the journal frame by frame. */
export const streamAboveBytes = 65_536;

const noBytes = Buffer.alloc(0);

/** An inbound message to be filled. */
export function emptyInboundMessage(): InboundMessage {
  return {
    exchange: '',
    routingKey: '',
    routeBuffer: noBytes,
    routeStart: 0,
    routeEnd: 0,
    mandatory: false,
    propertiesBuffer: noBytes,
    propertiesStart: 0,
    propertiesEnd: 0,
    scan: new PropertyScan(),
    bodyBuffer: noBytes,
    bodyStart: 0,
    bodyEnd: 0,
    chunks: undefined,
  };
}
