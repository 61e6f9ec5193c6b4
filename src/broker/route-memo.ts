/** Where a channel's last message went. Invariant: it holds for the version of the topology that it names, and no other. */
import type { Exchange } from './exchange.js';
import type { Queue } from './queue.js';

/** What a channel remembers of its last route, so that a run of messages to one place is routed once. */
export interface RouteMemo {
  version: number;
  vhost: string;
  exchange: string;
  routingKey: string;
  /** The exchange itself; undefined: nothing was routed yet. */
  source: Exchange | undefined;
  readonly targets: Queue[];
}

export function newRouteMemo(): RouteMemo {
  return { version: 0, vhost: '', exchange: '', routingKey: '', source: undefined, targets: [] };
}
