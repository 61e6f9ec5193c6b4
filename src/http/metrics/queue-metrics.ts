/**
 * Queues as metrics: summed by virtual host, or each by itself. Invariants: queues are read in slices, so a scrape of
 * ten thousand holds up nobody; and a sum never falls while its virtual host stands, though queues go.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Services } from '../../operations/index.js';
import { familyHead, labelSet, sampleName, type MetricFamily, type MetricFormat } from './metric-text.js';

type Administration = Services['broker']['administration'];
type QueueReport = ReturnType<Administration['listQueues']>[number];

/** Figures of a queue that are counted up, and those that go up and down. */
type CounterName =
  'published' | 'delivered' | 'acknowledged' | 'redelivered' | 'expired' | 'deadLettered' | 'dropped';
type GaugeName = 'ready' | 'unacknowledged' | 'delayed' | 'gated' | 'held' | 'bytes' | 'consumers';
type Figures = Readonly<Record<CounterName | GaugeName, number>>;

const counters: Readonly<Record<CounterName, MetricFamily>> = {
  published: counter('published', 'Messages that came into queues.'),
  delivered: counter('delivered', 'Messages handed to consumers, redeliveries included.'),
  acknowledged: counter('acknowledged', 'Messages that consumers were done with.'),
  redelivered: counter('redelivered', 'Messages delivered once more.'),
  expired: counter('expired', 'Messages whose time to live ended in a queue.'),
  deadLettered: counter('dead_lettered', 'Messages sent where failed, expired or surplus ones go.'),
  dropped: counter('dropped', 'Messages dropped by the limit of a queue.'),
};

const gauges: Readonly<Record<GaugeName, MetricFamily>> = {
  ready: gauge('sluice_messages_ready', 'Messages ready for delivery.'),
  unacknowledged: gauge('sluice_messages_unacknowledged', 'Messages with a consumer, not yet acknowledged.'),
  delayed: gauge('sluice_messages_delayed', 'Messages that wait for their time.'),
  gated: gauge('sluice_messages_gated', 'Messages behind an earlier one of their key.'),
  held: gauge('sluice_messages_held', 'Messages that wait for records to be written.'),
  bytes: gauge('sluice_messages_bytes', 'Bytes of the bodies of all messages in queues.'),
  consumers: gauge('sluice_consumers', 'Consumers of queues.'),
};

const queueCount = gauge('sluice_queues', 'Queues.');
const families = { ...counters, ...gauges };
const names = Object.keys(families) as (CounterName | GaugeName)[];
const counterNames = Object.keys(counters) as CounterName[];
/** Reports and lines of 200 queues take about 1 ms. */
const sliceQueues = 200;

function counter(name: string, help: string): MetricFamily {
  return { name: `sluice_messages_${name}`, kind: 'counter', help };
}

function gauge(name: string, help: string): MetricFamily {
  return { name, kind: 'gauge', help };
}

/** Every queue, with a turn for others after each slice. */
async function* queuesInSlices(administration: Administration): AsyncGenerator<QueueReport[]> {
  let slice: QueueReport[] = [];
  for (const report of administration.eachQueue()) {
    slice.push(report);
    if (slice.length < sliceQueues) continue;
    yield slice;
    await nextTurn();
    slice = [];
  }
  yield slice;
}

/** Each queue by itself, family by family. */
export async function* perQueueText(
  administration: Administration,
  format: MetricFormat,
): AsyncGenerator<string> {
  const lines = new Map<string, string[]>(names.map((name) => [name, []]));
  for await (const slice of queuesInSlices(administration)) {
    const labels = slice.map(({ vhost, name }) => labelSet({ engine: 'embedded', vhost, queue: name }));
    for (const name of names) {
      const sample = sampleName(families[name]);
      let text = '';
      for (const [index, report] of slice.entries()) text += `${sample}${labels[index]!} ${report[name]}\n`;
      lines.get(name)!.push(text);
    }
  }
  for (const name of names) {
    yield familyHead(families[name], format);
    yield* lines.get(name)!;
  }
}

/** Sums by virtual host. */
export class VhostTotals {
  /** The highest that was told: a queue that goes while others are read is missed once, and counted again after. */
  readonly #told = new Map<string, Record<CounterName, number>>();

  async *text(administration: Administration, format: MetricFormat): AsyncGenerator<string> {
    const totals = await this.#read(administration);
    for (const name of names) {
      yield sums(families[name], format, totals, (total) => total[name]);
    }
    yield sums(queueCount, format, totals, ({ queues }) => queues);
  }

  async #read(administration: Administration): Promise<Map<string, Total>> {
    const totals = new Map<string, Total>();
    // Read first: what is missed is caught up with, and what were counted twice would not be.
    for (const [vhost, retired] of administration.retiredCounters()) {
      totals.set(vhost, { ...noFigures(), ...retired, queues: 0 });
    }
    for await (const slice of queuesInSlices(administration)) {
      for (const report of slice) addTo(totals.get(report.vhost), report);
    }
    for (const vhost of this.#told.keys()) if (!totals.has(vhost)) this.#told.delete(vhost);
    for (const [vhost, total] of totals) this.#raise(vhost, total);
    return totals;
  }

  #raise(vhost: string, total: Total): void {
    const told = this.#told.get(vhost);
    for (const name of counterNames) total[name] = Math.max(total[name], told?.[name] ?? 0);
    this.#told.set(vhost, total);
  }
}

type Total = Record<CounterName | GaugeName | 'queues', number>;

function noFigures(): Record<CounterName | GaugeName, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<CounterName | GaugeName, number>;
}

function addTo(total: Total | undefined, report: Figures): void {
  if (total === undefined) return;
  for (const name of names) total[name] += report[name];
  total.queues++;
}

function sums(
  family: MetricFamily,
  format: MetricFormat,
  totals: ReadonlyMap<string, Total>,
  valueOf: (total: Total) => number,
): string {
  const lines = [...totals].map(
    ([vhost, total]) => `${sampleName(family)}${labelSet({ engine: 'embedded', vhost })} ${valueOf(total)}\n`,
  );
  return familyHead(family, format) + lines.join('');
}
