/** What a look of the diagnosis costs at many queues: in all, and in its longest slice, which others have to wait for. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Diagnosis } from '../../src/alerts/index.js';
import {
  consumerKind,
  queueKind,
  SampleFrame,
  type ObjectKind,
  type Sample,
} from '../../src/monitor/index.js';

export interface Cost {
  readonly queues: number;
  /** Queues through which messages go; the others stand still. */
  readonly busyShare: number;
  readonly looks: number;
  /** Of processor time, by the clock of the process. */
  readonly medianMs: number;
  readonly longestSliceMs: number;
  readonly medianSliceMs: number;
  readonly heapBytesEach: number;
}

const stepSeconds = 5;
const looksBefore = 40;
const lookCount = 25;

export function costOfLooks(queues: number, busyShare: number): Cost {
  const figures = new Told(queues, busyShare);
  const diagnosis = new Diagnosis();
  const heapTold = heapBytes();
  const totals: number[] = [];
  const slices: number[] = [];
  for (let look = 1; look <= looksBefore + lookCount; look++) {
    figures.count(look * stepSeconds * 10);
    const told = look <= looksBefore ? [] : slices;
    totals.push(lookOnce(diagnosis, figures, look * stepSeconds, told));
  }
  const kept = totals.slice(looksBefore);
  return {
    ...{ queues, busyShare, looks: kept.length, medianMs: medianOf(kept) },
    ...{ longestSliceMs: Math.max(...slices), medianSliceMs: medianOf(slices) },
    heapBytesEach: (heapBytes() - heapTold) / queues,
  };
}

/** Of processor time, as others may take turns on the machine. */
function lookOnce(diagnosis: Diagnosis, figures: Told, second: number, slices: number[]): number {
  const look = diagnosis.slices(figures, second);
  let total = 0;
  for (let isDone = false; !isDone;) {
    const begun = process.cpuUsage();
    isDone = look.next().done === true;
    const { user, system } = process.cpuUsage(begun);
    slices.push((user + system) / 1_000);
    total += (user + system) / 1_000;
  }
  return total;
}

/** Queues with a consumer each, and 10 messages a second through those that are busy. */
class Told {
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #counters: readonly (readonly [readonly Sample[], readonly number[]])[];

  constructor(queues: number, busyShare: number) {
    const busy = Math.round(queues * busyShare);
    const names = Array.from({ length: queues }, (_, each) => `queue-${each}`);
    const gauges = (at: number): Gauges => (at < busy ? busyGauges : idleGauges);
    const ofQueues = names.map((name, at) =>
      sampleOf(queueKind, ['embedded', '/', name], gauges(at).queue, queueCounters),
    );
    const ofConsumers = names.map((name, at) =>
      sampleOf(consumerKind, ['embedded', '/', name, 'only'], gauges(at).consumer, consumerCounters),
    );
    this.#samples.set('queue', ofQueues).set('consumer', ofConsumers);
    this.#counters = [
      [ofQueues.slice(0, busy), columns(queueKind, movingCounters)],
      [ofConsumers.slice(0, busy), columns(consumerKind, consumerCounters)],
    ];
  }

  /** Moves the counters of busy queues; those of others stay where they are. */
  count(total: number): void {
    for (const [samples, at] of this.#counters)
      for (const { figures } of samples) for (const column of at) figures[column] = total;
  }

  latest(kind: string): Iterable<Sample> {
    return this.#samples.get(kind) ?? [];
  }
}

type FiguresTold = Readonly<Record<string, number>>;
interface Gauges {
  readonly queue: FiguresTold;
  readonly consumer: FiguresTold;
}

const queueCounters = [
  ...['published', 'delivered', 'acknowledged', 'redelivered', 'dead_lettered', 'returned_again'].map(
    (each) => `sluice_messages_${each}_total`,
  ),
  ...['sluice_message_processing_seconds_count', 'sluice_message_processing_seconds_sum'],
  ...['sluice_dead_letters_lost_total', 'sluice_deadlines_missed_total'],
];
/** Of the queue's counters, those that move where it is busy. */
const movingCounters = [...queueCounters.slice(0, 3), ...queueCounters.slice(6, 8)];
const consumerCounters = ['delivered', 'acknowledged'].map(
  (each) => `sluice_consumer_messages_${each}_total`,
);

const gaugesOf = (held: number): Gauges => ({
  queue: {
    ...{ sluice_messages_ready: 3 * held, sluice_consumers: 1, sluice_messages_unacknowledged: held },
    ...{ sluice_consumer_capacity_ratio: 1 - held / 2, sluice_paused: 0, sluice_messages_gated: 0 },
  },
  consumer: {
    sluice_consumer_unacknowledged_messages: held,
    sluice_consumer_prefetch_limit: 10,
    sluice_consumer_oldest_unacknowledged_age_seconds: held * 0.05,
  },
});
const [idleGauges, busyGauges] = [gaugesOf(0), gaugesOf(1)];

function columns(kind: ObjectKind, names: readonly string[]): number[] {
  const frame = new SampleFrame(kind);
  return names.map((name) => frame.column(name));
}

function sampleOf(
  kind: ObjectKind,
  labels: readonly string[],
  told: FiguresTold,
  counters: readonly string[],
): Sample {
  const frame = new SampleFrame(kind);
  frame.clear();
  for (const name of counters) frame.figures[frame.column(name)] = 0;
  for (const [name, value] of Object.entries(told)) frame.figures[frame.column(name)] = value;
  return { kind: kind.name, labels, figures: frame.figures };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >>> 1]!;
}
