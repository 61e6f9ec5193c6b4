/** What the parts of the embedded engine share. */
import type { BrokerConnection, BrokerFace } from '../../broker/index.js';
import type { Clock } from '../../kernel/index.js';
import type { DurableWaiters } from './durable-waiters.js';
import type { EmbeddedTopology } from './embedded-topology.js';
import type { Outbound } from './outbound.js';

export interface EmbeddedParts {
  readonly broker: BrokerFace;
  readonly connection: BrokerConnection;
  readonly outbound: Outbound;
  readonly waiters: DurableWaiters;
  readonly topology: EmbeddedTopology;
  readonly clock: Clock;
}
