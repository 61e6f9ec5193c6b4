/**
 * Puts samples into what is answered of a queue, a connection, the node and virtual hosts: out of history, or out of the
 * readings that rates are made of. Invariant: without a range in the request nothing is read.
 */
import { ownEngine } from '../../operations/index.js';
import type { Item } from './columns.js';
import { historySamples } from './history-samples.js';
import { samplesOfStats } from './message-stats.js';
import type { Visit } from './rabbit-route.js';
import type { Rated } from './readings.js';
import {
  addSamples,
  rangeOf,
  withSamples,
  type RangeKind,
  type Sample,
  type SampleRange,
} from './samples.js';

type ByName = Readonly<Record<string, readonly Sample[]>>;

/** Samples of these series of one object, by RabbitMQ's names. */
async function fromHistory(
  { call }: Visit,
  range: SampleRange,
  labels: readonly string[],
  series: Readonly<Record<string, string>>,
): Promise<ByName> {
  const { figures } = call.services;
  const samples: Record<string, Sample[]> = {};
  for (const [name, each] of Object.entries(series))
    samples[name] = await historySamples(figures, { series: each, labels }, range);
  return samples;
}

const queueCounters: Readonly<Partial<Record<Rated, string>>> = {
  publish: 'messages_published_total',
  deliver: 'messages_delivered_total',
  ack: 'messages_acknowledged_total',
  redeliver: 'messages_redelivered_total',
};

const queueLengths = {
  ready: 'messages_ready',
  gated: 'messages_gated',
  unacknowledged: 'messages_unacknowledged',
};

/** A queue, with samples of its counters and lengths where they are asked for. */
export async function withQueueSamples(visit: Visit, queue: Item): Promise<Item> {
  const labels = [ownEngine, String(queue['vhost']), String(queue['name'])];
  let item = queue;
  const counters = rangeOf(visit, 'msg_rates');
  if (counters !== undefined) {
    const samples = await fromHistory(visit, counters, labels, queueCounters);
    const stats = withSamples(item['message_stats'] as Item, samplesOfStats(samples));
    item = { ...item, message_stats: stats };
  }
  const lengths = rangeOf(visit, 'lengths');
  if (lengths === undefined) return item;
  const { ready, gated, unacknowledged } = (await fromHistory(
    visit,
    lengths,
    labels,
    queueLengths,
  )) as Record<keyof typeof queueLengths, Sample[]>;
  return withSamples(item, lengthSamples(addSamples(ready, gated), unacknowledged));
}

function lengthSamples(ready: readonly Sample[], unacknowledged: readonly Sample[]): ByName {
  return {
    messages: addSamples(ready, unacknowledged),
    messages_ready: ready,
    messages_unacknowledged: unacknowledged,
  };
}

/** A connection, with samples of its bytes where they are asked for. */
export async function withConnectionSamples(visit: Visit, connection: Item): Promise<Item> {
  const range = rangeOf(visit, 'data_rates');
  if (range === undefined) return connection;
  const labels = [ownEngine, String(connection['name'])];
  const samples = await fromHistory(visit, range, labels, {
    recv_oct: 'connection_received_bytes_total',
    send_oct: 'connection_sent_bytes_total',
  });
  return withSamples(connection, samples);
}

const nodeGauges = {
  mem_used: 'process_resident_memory_bytes',
  fd_used: 'process_open_descriptors',
  disk_free: 'disk_free_bytes',
};

/** From which a rate is told to whoever asks for no samples. */
const newest: SampleRange = { ageSeconds: 5, incrSeconds: 5 };

function ratesAlone(item: Item): Item {
  const entries = Object.entries(item).flatMap(([name, value]): (readonly [string, unknown])[] => {
    if (!name.endsWith('_details')) return [[name, value]];
    const { rate } = value as { readonly rate?: number };
    return rate === undefined ? [] : [[name, { rate }]];
  });
  return Object.fromEntries(entries);
}

/** The node, with rates, and with samples where they are asked for. `name`: what measurements name it. */
export async function withNodeSamples(visit: Visit, name: string, node: Item): Promise<Item> {
  const asked = rangeOf(visit, 'node_stats');
  const range = asked ?? newest;
  const gauges = await fromHistory(visit, range, [ownEngine, name], nodeGauges);
  const sockets = await fromHistory(visit, range, [ownEngine], { sockets_used: 'connections' });
  const whole = withSamples(node, { ...gauges, ...sockets });
  return asked === undefined ? ratesAlone(whole) : whole;
}

const churnCounters = {
  connection_created: 'connections_opened_total',
  connection_closed: 'connections_closed_total',
  channel_created: 'channels_opened_total',
  channel_closed: 'channels_closed_total',
};

/** Counts of what came and went, with samples where they are asked for. */
export async function withChurnSamples(visit: Visit, kind: RangeKind, churn: Item): Promise<Item> {
  const range = rangeOf(visit, kind);
  if (range === undefined || !('connection_created' in churn)) return churn;
  return withSamples(churn, await fromHistory(visit, range, [ownEngine], churnCounters));
}

/** Lengths of virtual hosts together, with samples where they are asked for. */
export function withLengthSamples(visit: Visit, vhosts: readonly string[], lengths: Item): Item {
  const range = rangeOf(visit, 'lengths');
  if (range === undefined) return lengths;
  const { ready, unacknowledged } = visit.rates.samplesOfVhosts(vhosts, range);
  return withSamples(lengths, lengthSamples(ready, unacknowledged));
}

/** `message_stats` of virtual hosts together, likewise. */
export function withStatsSamples(visit: Visit, vhosts: readonly string[], stats: Item): Item {
  const range = rangeOf(visit, 'msg_rates');
  if (range === undefined) return stats;
  return withSamples(stats, samplesOfStats(visit.rates.samplesOfVhosts(vhosts, range)));
}
