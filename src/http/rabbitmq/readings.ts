/**
 * One reading of everything whose growth is told: queues, virtual hosts, exchanges, connections, and what came and went.
 * Invariant: queues are read in slices; what is not told is not in a reading.
 */
import type { Services } from '../../operations/index.js';
import { queuesInSlices, type Administration, type QueueReport } from '../queue-slices.js';

/** What a reading is taken of. */
export type Readable = Pick<Services, 'connections'> & {
  readonly broker: { readonly administration: Administration };
};

/** What queues and virtual hosts have a rate of, in the order of a reading. */
export const rated = ['publish', 'deliver', 'ack', 'redeliver', 'ready', 'unacknowledged'] as const;
export type Rated = (typeof rated)[number];

/** What came and went, under RabbitMQ's names. */
export const churned = [
  'connection_created',
  'connection_closed',
  'channel_created',
  'channel_closed',
] as const;
export type Churned = (typeof churned)[number];

/** Counters and lengths by key, one row for each object, in the order of its kind's names. */
type Rows = ReadonlyMap<string, Float64Array>;

export interface Reading {
  /** Monotonic, for rates. */
  readonly atMs: number;
  /** Unix milliseconds, for samples. */
  readonly nowMs: number;
  readonly queues: Rows;
  readonly vhosts: Rows;
  /** Messages that came to an exchange, and those that queues took of it. */
  readonly exchanges: Rows;
  /** Bytes received and sent. */
  readonly connections: Rows;
  /** Undefined: it is not counted. */
  readonly churn: Float64Array | undefined;
}

/** Names something in a virtual host. */
export const keyOf = (vhost: string, name: string): string => `${vhost}\0${name}`;

/** The figures of a queue whose rates are told. */
export function ratedFigures(queue: Omit<QueueReport, 'arguments'>): Record<Rated, number> {
  return {
    publish: queue.published,
    deliver: queue.delivered,
    ack: queue.acknowledged,
    redeliver: queue.redelivered,
    ready: queue.ready + queue.gated,
    unacknowledged: queue.unacknowledged,
  };
}

/** What came and went; undefined: it is not counted. */
export function churnOf({
  connections: { churn },
}: Pick<Readable, 'connections'>): Readonly<Record<Churned, number>> | undefined {
  return (
    churn && {
      connection_created: churn.connectionsOpened,
      connection_closed: churn.connectionsClosed,
      channel_created: churn.channelsOpened,
      channel_closed: churn.channelsClosed,
    }
  );
}

/** Reads everything once. */
export async function readAll(
  readable: Readable,
  clock: { atMs(): number; nowMs(): number },
): Promise<Reading> {
  const { administration } = readable.broker;
  const queues = new Map<string, Float64Array>();
  const vhosts = new Map<string, Float64Array>();
  for await (const slice of queuesInSlices(administration)) {
    for (const report of slice) {
      const figures = Float64Array.from(Object.values(ratedFigures(report)));
      queues.set(keyOf(report.vhost, report.name), figures);
      addTo(vhosts, report.vhost, figures);
    }
  }
  for (const [vhost, gone] of administration.retiredCounters()) {
    addTo(vhosts, vhost, [gone.published, gone.delivered, gone.acknowledged, gone.redelivered, 0, 0]);
  }
  const churn = churnOf(readable);
  return {
    ...{ queues, vhosts, atMs: clock.atMs(), nowMs: clock.nowMs() },
    exchanges: readExchanges(administration),
    connections: readConnections(readable),
    churn: churn && Float64Array.from(Object.values(churn)),
  };
}

function readExchanges(administration: Administration): Rows {
  const rows = new Map<string, Float64Array>();
  for (const { vhost, name, publishedIn, publishedOut } of administration.measures.eachExchange())
    rows.set(keyOf(vhost, name), Float64Array.of(publishedIn, publishedOut));
  return rows;
}

function readConnections({ connections }: Readable): Rows {
  const rows = new Map<string, Float64Array>();
  for (const { name, receivedBytes, sentBytes } of connections.figures())
    rows.set(name, Float64Array.of(receivedBytes, sentBytes));
  return rows;
}

function addTo(totals: Map<string, Float64Array>, vhost: string, figures: ArrayLike<number>): void {
  let total = totals.get(vhost);
  if (total === undefined) totals.set(vhost, (total = new Float64Array(rated.length)));
  for (let column = 0; column < rated.length; column++) {
    total[column] = (total[column] ?? 0) + (figures[column] ?? 0);
  }
}
