/** Counters and lengths as RabbitMQ lays them out. Invariant: a rate that is unknown is left out. */
import type { VhostTotal } from './vhost-totals.js';
import type { RateSet } from './rates.js';
import type { Rated } from './readings.js';
import type { Sample } from './samples.js';

/** Names of counters as RabbitMQ has them, each with the figure behind it. */
const counters: readonly (readonly [string, Rated])[] = [
  ['publish', 'publish'],
  ['deliver', 'deliver'],
  ['deliver_get', 'deliver'],
  ['ack', 'ack'],
  ['redeliver', 'redeliver'],
];

/** Samples under RabbitMQ's names of counters, from those of the figures behind them. */
export function samplesOfStats(
  samples: Readonly<Partial<Record<Rated, readonly Sample[]>>>,
): Record<string, readonly Sample[] | undefined> {
  return Object.fromEntries(counters.map(([name, figure]) => [name, samples[figure]]));
}

/** `message_stats`. Deliveries by `get` are among `deliver`: they are counted together. */
export function messageStats(
  figures: Readonly<Record<Rated, number>>,
  rates: RateSet | undefined,
): Record<string, unknown> {
  const stats: Record<string, unknown> = {};
  for (const [name, figure] of counters) {
    stats[name] = figures[figure];
    if (rates !== undefined) stats[`${name}_details`] = { rate: rates[figure] };
  }
  return stats;
}

/** `message_stats` of many queues, and of what none of them took. */
export function totalStats({ figures, rates, returned, dropped }: VhostTotal): Record<string, unknown> {
  return { ...messageStats(figures, rates), return_unroutable: returned, drop_unroutable: dropped };
}

/** `messages`, `messages_ready` and `messages_unacknowledged`. */
export function lengths(
  figures: Readonly<Record<Rated, number>>,
  rates: RateSet | undefined,
): Record<string, unknown> {
  const { ready, unacknowledged } = figures;
  const counts = { messages: ready + unacknowledged, messages_ready: ready };
  if (rates === undefined) return { ...counts, messages_unacknowledged: unacknowledged };
  return {
    ...counts,
    messages_details: { rate: rates.ready + rates.unacknowledged },
    messages_ready_details: { rate: rates.ready },
    messages_unacknowledged: unacknowledged,
    messages_unacknowledged_details: { rate: rates.unacknowledged },
  };
}
