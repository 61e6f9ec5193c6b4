/** Queues as a source of samples. Invariant: what the engine does not tell is unknown, never zero. */
import type { LatencyFigures, LatencyHistogram } from '../../kernel/index.js';
import type { QueueSample } from '../../engines/index.js';
import { queueKind, vhostKind } from '../catalogue.js';
import { SampleFrame, type Sample, type SampleSource } from '../sample.js';
import { RowSample } from './row-sample.js';
import { TaskSamples, type ReportedTask } from './task-samples.js';
import { writeLatency, writeNoLatency, writeUnknownLatency } from './latency-columns.js';
import { QueueTotals, type VhostTotal } from './queue-totals.js';
import { TotalColumns, type SummedLatencies } from './total-columns.js';

/**
 * What of a `QueueSample` stands in which metric. A latency that is left out is unknown; one that is undefined has not
 * been measured yet.
 */
export type QueueFigures = Omit<QueueSample, 'queue' | 'atMs'> & {
  readonly name: string;
  readonly vhost: string;
  /** As in a sample; the same queue has it in all that is made of it. */
  readonly revision?: number;
};

/** What the queues of a virtual host that are gone have counted. */
export type GoneFigures = Readonly<
  Record<
    'published' | 'delivered' | 'acknowledged' | 'redelivered' | 'expired' | 'deadLettered' | 'dropped',
    number
  >
> & {
  readonly deadlinesMissed?: number;
  readonly returnedAgain?: number;
  readonly deadLettersLost?: number;
};

export type GoneLatencies = Readonly<Record<Latency, LatencyHistogram>>;

/** What a virtual host tells besides its queues. */
export interface VhostFigures {
  readonly gone: GoneFigures;
  /** Latencies of queues that are gone; undefined: there are none. */
  readonly goneLatencies: GoneLatencies | undefined;
  /** Of all its queues, read once they all were; undefined: they are not measured. */
  readonly latencies?: (() => SummedLatencies | undefined) | undefined;
  /** Messages that no queue took: back to their publisher, or gone. */
  readonly returned: number;
  readonly lost: number;
}

/** Messages that no queue took: back to their publisher, or gone; undefined: unknown. */
export interface Unroutable {
  readonly returned: number | undefined;
  readonly dropped: number | undefined;
}

export interface QueueSourceOptions {
  readonly engine: string;
  /** Every queue of the engine, one by one. */
  readonly each: () => Iterable<QueueFigures>;
  /** Every virtual host; undefined: the engine does not tell. */
  readonly vhosts?: () => ReadonlyMap<string, VhostFigures>;
  /** Of all queues, read once they all were; left out: unknown. */
  readonly latencies?: () => SummedLatencies | undefined;
  /** Of each virtual host, where only this is told of it. */
  readonly unroutable?: () => ReadonlyMap<string, Unroutable>;
  /** False: there are more queues than these, and how many is unknown. */
  readonly isWhole?: () => boolean;
  /** The task whose own queue this is; undefined: it is none's, or several share it. */
  readonly taskOf?: (vhost: string, queue: string) => string | undefined;
  /** Types of tasks that workers report of, whatever their queue. */
  readonly reportedTasks?: (() => Iterable<ReportedTask>) | undefined;
}

type Latency = 'wait' | 'processing' | 'endToEnd';

type NumberFigure = Exclude<
  {
    [Name in keyof QueueFigures]-?: QueueFigures[Name] extends number | undefined ? Name : never;
  }[keyof QueueFigures],
  'revision'
>;

const columnNames: Readonly<Record<NumberFigure, string>> = {
  published: 'messages_published_total',
  delivered: 'messages_delivered_total',
  acknowledged: 'messages_acknowledged_total',
  redelivered: 'messages_redelivered_total',
  expired: 'messages_expired_total',
  deadLettered: 'messages_dead_lettered_total',
  dropped: 'messages_dropped_total',
  ready: 'messages_ready',
  unacknowledged: 'messages_unacknowledged',
  delayed: 'messages_delayed',
  gated: 'messages_gated',
  held: 'messages_held',
  bytes: 'messages_bytes',
  consumers: 'consumers',
  consumerCapacity: 'consumer_capacity_ratio',
  oldestAgeMs: 'oldest_message_age_seconds',
  leastLaxityMs: 'least_laxity_seconds',
  deadlinesMissed: 'deadlines_missed_total',
  returnedAgain: 'messages_returned_again_total',
  deadLettersLost: 'dead_letters_lost_total',
};

/** What all queues of an engine are together. */
export interface EngineTotals {
  /** NaN: unknown. */
  readonly queues: number;
  /** In the order of `totalNames`; NaN: unknown. */
  readonly figures: Float64Array;
  readonly latencies: SummedLatencies | undefined;
}

/** Shows queue after queue in one sample: nothing is allocated for each. */
export class QueueSource implements SampleSource {
  readonly name: string;
  readonly gone?: () => Iterable<Sample>;
  readonly #options: QueueSourceOptions;
  readonly #frame = new SampleFrame(queueKind);
  readonly #tasks: TaskSamples;
  readonly #vhostFrame = new SampleFrame(vhostKind);
  readonly #vhostColumns = new TotalColumns(this.#vhostFrame, 'vhost_');
  readonly #totals: QueueTotals;
  /** What each figure in a queue is multiplied by in its column. */
  readonly #columns: readonly (readonly [name: NumberFigure, column: number, factor: number])[];
  readonly #pausedColumn = this.#frame.column('sluice_paused');
  /** In the order of the catalogue. */
  readonly #latencies: readonly (readonly [name: Latency, column: number])[] = [
    ['wait', this.#frame.column('sluice_message_wait_seconds_count')],
    ['processing', this.#frame.column('sluice_message_processing_seconds_count')],
    ['endToEnd', this.#frame.column('sluice_message_end_to_end_seconds_count')],
  ];

  constructor(options: QueueSourceOptions) {
    this.#options = options;
    this.name = `queues ${options.engine}`;
    this.#tasks = new TaskSamples(options.engine);
    const { vhosts } = options;
    this.#totals = new QueueTotals(vhosts !== undefined);
    if (vhosts !== undefined) this.gone = () => this.#goneSamples(vhosts());
    this.#columns = (Object.keys(columnNames) as NumberFigure[]).map((figure) => [
      figure,
      this.#frame.column(`sluice_${columnNames[figure]}`),
      figure.endsWith('Ms') ? 1e-3 : 1,
    ]);
  }

  /** As the last complete reading found it; everything is unknown where none was. */
  get totals(): EngineTotals {
    const { queues, figures } = this.#totals;
    return { queues, figures, latencies: Number.isNaN(queues) ? undefined : this.#options.latencies?.() };
  }

  *observe(): Generator<Sample, void, undefined> {
    const { engine, each, taskOf, reportedTasks = () => [] } = this.#options;
    const reported = new Map([...reportedTasks()].map((one) => [one.task, one]));
    const hosts = this.#options.vhosts?.();
    const unroutable = this.#unroutable(hosts);
    this.#totals.begin(unroutable.keys());
    const labels: [string, string, string] = [engine, '', ''];
    const histograms: (LatencyHistogram | undefined)[] = this.#latencies.map(() => undefined);
    const fill = this.#fill;
    const sample = new RowSample<QueueFigures>({ kind: queueKind, labels, histograms, fill });
    for (const queue of each()) {
      labels[1] = queue.vhost;
      labels[2] = queue.name;
      for (let index = 0; index < histograms.length; index++)
        histograms[index] = queue[this.#latencies[index]![0]]?.total;
      this.#totals.add(queue);
      yield sample.show(queue, queue.revision ?? 0);
      const task = taskOf?.(queue.vhost, queue.name);
      if (task === undefined) continue;
      yield this.#tasks.sampleOf(task, queue, reported.get(task));
      reported.delete(task);
    }
    for (const one of reported.values()) yield this.#tasks.sampleOf(one.task, undefined, one);
    const totals = this.#totals.end(this.#options.isWhole?.() ?? true, (vhost) => hosts?.get(vhost)?.gone);
    yield* this.#vhostSamples(totals, unroutable, hosts);
  }

  readonly #fill = (queue: QueueFigures, figures: Float64Array): void => {
    for (const [name, column, factor] of this.#columns) figures[column] = (queue[name] ?? NaN) * factor;
    figures[this.#pausedColumn] = queue.paused === undefined ? NaN : queue.paused ? 1 : 0;
    for (const [name, column] of this.#latencies) writeIfTold(figures, column, queue[name], name in queue);
  };

  #unroutable(hosts: ReadonlyMap<string, VhostFigures> | undefined): ReadonlyMap<string, Unroutable> {
    if (hosts === undefined) return this.#options.unroutable?.() ?? new Map<string, Unroutable>();
    return new Map([...hosts].map(([name, { returned, lost }]) => [name, { returned, dropped: lost }]));
  }

  *#vhostSamples(
    totals: ReadonlyMap<string, VhostTotal>,
    unroutable: ReadonlyMap<string, Unroutable>,
    hosts: ReadonlyMap<string, VhostFigures> | undefined,
  ): Generator<Sample, void, undefined> {
    const frame = this.#vhostFrame;
    const isWhole = this.#options.isWhole?.() ?? true;
    for (const [vhost, { queues, figures }] of totals) {
      const host = unroutable.get(vhost);
      frame.figures[frame.column('sluice_queues')] = isWhole ? queues : NaN;
      this.#vhostColumns.write(figures, hosts?.get(vhost)?.latencies?.());
      frame.figures[frame.column('sluice_messages_unroutable_dropped_total')] = host?.dropped ?? NaN;
      frame.figures[frame.column('sluice_messages_unroutable_returned_total')] = host?.returned ?? NaN;
      yield { kind: vhostKind.name, labels: [this.#options.engine, vhost], figures: frame.figures };
    }
  }

  *#goneSamples(hosts: ReadonlyMap<string, VhostFigures>): Generator<Sample, void, undefined> {
    const frame = this.#frame;
    for (const [vhost, { gone, goneLatencies }] of hosts) {
      frame.clear();
      for (const [name, column] of this.#columns)
        if (name in gone) frame.figures[column] = gone[name as keyof GoneFigures] ?? NaN;
      const histograms = this.#latencies.map(([name]) => goneLatencies?.[name]);
      for (const [index, [, column]] of this.#latencies.entries()) {
        frame.figures[column] = histograms[index]?.count ?? 0;
        frame.figures[column + 1] = (histograms[index]?.sumMicroseconds ?? 0) / 1e6;
      }
      const labels = [this.#options.engine, vhost];
      yield { kind: queueKind.name, labels, figures: frame.figures, histograms };
    }
  }
}

function writeIfTold(
  figures: Float64Array,
  column: number,
  latency: LatencyFigures | undefined,
  tells: boolean,
): void {
  if (latency !== undefined) writeLatency(figures, column, latency);
  else if (tells) writeNoLatency(figures, column);
  else writeUnknownLatency(figures, column);
}
