/** What the clients of one life share. */
import type { Broker } from '../../src/broker/index.js';
import type { Clock, Random } from '../../src/kernel/index.js';
import type { Copy, Ledger } from './ledger.js';
import type { QueueWatch } from './queue-watch.js';
import type { Process } from './wire.js';

/** What clients of one life share. */
export interface World {
  readonly broker: Broker;
  readonly process: Process;
  /** Answers do not wait for the disk: a broken broker. */
  readonly isEarly: boolean;
  readonly ledger: Ledger;
  readonly watch: QueueWatch;
  readonly clock: Clock;
  readonly random: Random;
  /** True while everything is taken out at the end. */
  isDraining: boolean;
  /** Settlements asked for, to be noted as durable with the next `durable()`. */
  readonly requested: Copy[];
}
