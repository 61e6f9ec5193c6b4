/**
 * A queue as RabbitMQ shows it, column by column, so that a list of ten thousand makes only the columns that are asked
 * for. Invariant: what Sluice does not measure is left out.
 */
import type { QueueRow } from '../../operations/index.js';
import type { Administration } from '../queue-slices.js';
import type { Item } from './columns.js';
import { nodeName } from './identity.js';
import { messageStats } from './message-stats.js';
import type { Rates, RateSet } from './rates.js';
import { ratedFigures, type Rated } from './readings.js';

/** How much of a queue is told. */
export interface QueueDetail {
  /** False: `disable_stats`. */
  readonly hasStats: boolean;
  /** With `disable_stats`: lengths all the same. */
  readonly hasTotals: boolean;
}

/** Makes items. `only`: the columns that are wanted; undefined: all of them. */
export type QueueItems = (queue: QueueRow, only?: ReadonlySet<string>) => Item;

/** A queue, and what of it is looked up once for all columns, if one of them needs it. */
class Told {
  readonly queue: QueueRow;
  readonly measures: Administration['measures'];
  readonly #allRates: Rates;
  #figures: Readonly<Record<Rated, number>> | undefined;
  #rates: RateSet | undefined;

  constructor(queue: QueueRow, measures: Administration['measures'], rates: Rates) {
    this.queue = queue;
    this.measures = measures;
    this.#allRates = rates;
  }

  get figures(): Readonly<Record<Rated, number>> {
    return (this.#figures ??= ratedFigures(this.queue));
  }

  /** Undefined: unknown. */
  get rates(): RateSet | undefined {
    return (this.#rates ??= this.#allRates.ofQueue(this.queue.vhost, this.queue.name));
  }
}

/** Undefined: this queue does not have the column. */
type Column = (told: Told) => unknown;
type Columns = Readonly<Record<string, Column>>;

const identity: Columns = {
  arguments: ({ queue }) => queue.arguments,
  auto_delete: ({ queue }) => queue.autoDelete,
  durable: ({ queue }) => queue.durable,
  exclusive: ({ queue }) => queue.exclusive,
  name: ({ queue }) => queue.name,
  node: () => nodeName,
  type: ({ queue }) => typeOf(queue),
  vhost: ({ queue }) => queue.vhost,
};

/** A paused queue takes messages and delivers none. */
const state: Columns = { state: ({ queue }) => (queue.paused ? 'paused' : 'running') };

const lengths: Columns = {
  messages: ({ figures }) => figures.ready + figures.unacknowledged,
  messages_ready: ({ figures }) => figures.ready,
  messages_unacknowledged: ({ figures }) => figures.unacknowledged,
};

const lengthRates: Columns = {
  messages_details: ({ rates }) => rates && { rate: rates.ready + rates.unacknowledged },
  messages_ready_details: ({ rates }) => rates && { rate: rates.ready },
  messages_unacknowledged_details: ({ rates }) => rates && { rate: rates.unacknowledged },
};

const statistics: Columns = {
  ...identity,
  ...state,
  consumers: ({ queue }) => queue.consumers,
  consumer_capacity: capacityOf,
  consumer_utilisation: capacityOf,
  effective_policy_definition: ({ queue }) => queue.effectivePolicy ?? {},
  operator_policy: ({ queue }) => queue.operatorPolicy ?? null,
  policy: ({ queue }) => queue.policy ?? null,
  exclusive_consumer_tag: () => null,
  message_bytes: ({ queue }) => queue.bytes,
  message_stats: ({ figures, rates }) => messageStats(figures, rates),
  ...lengths,
  ...lengthRates,
  single_active_consumer_tag: () => null,
  // What RabbitMQ has no name for.
  messages_delayed: ({ queue }) => queue.delayed,
  messages_gated: ({ queue }) => queue.gated,
  messages_held: ({ queue }) => queue.held,
  messages_expired: ({ queue }) => queue.expired,
  messages_dead_lettered: ({ queue }) => queue.deadLettered,
  messages_dropped: ({ queue }) => queue.dropped,
};

const brief: Columns = { ...identity, policy: ({ queue }) => queue.policy, ...state };
const briefWithTotals: Columns = { ...brief, ...lengths };

/** What a queue is and does, as much of it as is told. */
export function queueItems(rates: Rates, detail: QueueDetail, { measures }: Administration): QueueItems {
  const columns = Object.entries(columnsOf(detail));
  return (queue, only) => {
    const told = new Told(queue, measures, rates);
    const item: Record<string, unknown> = {};
    for (const [name, column] of columns) {
      if (only !== undefined && !only.has(name)) continue;
      const value = column(told);
      if (value !== undefined) item[name] = value;
    }
    return item;
  };
}

function columnsOf({ hasStats, hasTotals }: QueueDetail): Columns {
  return hasStats ? statistics : hasTotals ? briefWithTotals : brief;
}

function typeOf(queue: QueueRow): string {
  const type = queue.arguments['x-queue-type'];
  return typeof type === 'string' ? type : 'classic';
}

/** Unknown where nothing was consumed yet, as for a queue that has just gone. */
function capacityOf({ queue, measures }: Told): number | undefined {
  const capacity = measures.capacityOf(queue.vhost, queue.name);
  return Number.isNaN(capacity) ? undefined : capacity;
}
