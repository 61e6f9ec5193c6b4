/**
 * Tasks as samples, from two sources: the queue that a type has for its own, which tells what comes to it, waits and is
 * delivered whoever works on it; and what workers report of their attempts, also of types that share a queue. Invariant:
 * how tasks ended is what workers report, once they do; until then it is what the queue shows of it. A counter may fall
 * once in between, as at a restart.
 */
import type { LatencyFigures, LatencyHistogram } from '../../kernel/index.js';
import { taskKind } from '../catalogue.js';
import { SampleFrame, type Sample } from '../sample.js';
import { writeLatency, writeNoLatency, writeUnknownLatency } from './latency-columns.js';
import type { QueueFigures } from './queue-source.js';

/** A type of task, as those who enqueue and work on it tell. */
export interface ReportedTask {
  readonly task: string;
  readonly counts: Readonly<
    Record<
      'enqueued' | 'attempts' | 'completed' | 'failed' | 'retried' | 'cancelled' | 'missed' | 'late',
      number
    >
  >;
  readonly times: Readonly<Record<'wait' | 'processing' | 'response', LatencyFigures>>;
  readonly running: number;
  /** NaN: unknown. */
  readonly startLaxityMs: number;
}

type FromQueue = (queue: QueueFigures) => number | undefined;
type FromReport = (reported: ReportedTask) => number;

const fromQueue: Readonly<Record<string, FromQueue>> = {
  enqueued_total: ({ published }) => published,
  completed_total: ({ acknowledged }) => acknowledged,
  failed_total: ({ deadLettered }) => deadLettered,
  attempts_total: ({ delivered }) => delivered,
  deadlines_missed_total: ({ deadlinesMissed }) => deadlinesMissed,
  expired_total: ({ expired }) => expired,
  running: ({ unacknowledged }) => unacknowledged,
  queue_length: ({ ready, delayed, gated, held }) =>
    ready === undefined ? undefined : ready + (delayed ?? 0) + (gated ?? 0) + (held ?? 0),
  least_laxity_seconds: ({ leastLaxityMs }) => (leastLaxityMs ?? NaN) / 1_000,
};

/** Of a type whose queue tells the same figure, these say nothing. */
const besidesQueue: Readonly<Record<string, FromReport>> = {
  enqueued_total: ({ counts }) => counts.enqueued,
  attempts_total: ({ counts }) => counts.attempts,
  deadlines_missed_total: ({ counts }) => counts.late,
  running: ({ running }) => running,
};

const fromReport: Readonly<Record<string, FromReport>> = {
  completed_total: ({ counts }) => counts.completed,
  failed_total: ({ counts }) => counts.failed,
  retried_total: ({ counts }) => counts.retried,
  cancelled_total: ({ counts }) => counts.cancelled,
  missed_total: ({ counts }) => counts.missed,
  start_laxity_seconds: ({ startLaxityMs }) => startLaxityMs / 1_000,
};

const latencyNames = ['wait', 'processing', 'response'] as const;

/** Fills one frame for task after task. */
export class TaskSamples {
  readonly #frame = new SampleFrame(taskKind);
  readonly #labels: [string, string];
  readonly #histograms: (LatencyHistogram | undefined)[] = latencyNames.map(() => undefined);
  readonly #queueColumns = this.#columnsOf(fromQueue);
  readonly #besidesColumns = this.#columnsOf(besidesQueue);
  readonly #reportColumns = this.#columnsOf(fromReport);
  readonly #latencyColumns = latencyNames.map((name) => this.#column(`${name}_seconds_count`));

  constructor(engine: string) {
    this.#labels = [engine, ''];
  }

  /** A task with a queue of its own, or with reports, or with both. */
  sampleOf(task: string, queue: QueueFigures | undefined, reported: ReportedTask | undefined): Sample {
    this.#frame.clear();
    this.#labels[1] = task;
    if (queue !== undefined) this.#fillFromQueue(queue);
    if (reported !== undefined) this.#fillFromReports(reported, queue === undefined);
    return {
      kind: taskKind.name,
      labels: this.#labels,
      revision: reported === undefined ? (queue?.revision ?? 0) : 0,
      figures: this.#frame.figures,
      histograms: this.#histograms,
    };
  }

  #fillFromQueue(queue: QueueFigures): void {
    const { figures } = this.#frame;
    for (const [column, read] of this.#queueColumns) figures[column] = read(queue) ?? NaN;
    const isTold = 'wait' in queue;
    this.#write(0, queue.wait, isTold);
    this.#write(1, queue.processing, isTold);
    this.#write(2, undefined, false);
  }

  #fillFromReports(reported: ReportedTask, isAlone: boolean): void {
    const { figures } = this.#frame;
    const { wait, processing, response } = reported.times;
    if (isAlone) {
      for (const [column, read] of this.#besidesColumns) figures[column] = read(reported);
      this.#write(0, wait, true);
    }
    for (const [column, read] of this.#reportColumns) figures[column] = read(reported);
    this.#write(1, processing, true);
    this.#write(2, response, true);
  }

  #write(index: number, latency: LatencyFigures | undefined, isTold: boolean): void {
    const { figures } = this.#frame;
    const column = this.#latencyColumns[index]!;
    if (latency !== undefined) writeLatency(figures, column, latency);
    else if (isTold) writeNoLatency(figures, column);
    else writeUnknownLatency(figures, column);
    this.#histograms[index] = latency?.total;
  }

  #columnsOf<Read>(reads: Readonly<Record<string, Read>>): readonly (readonly [number, Read])[] {
    return Object.entries(reads).map(([name, read]) => [this.#column(name), read] as const);
  }

  #column(name: string): number {
    return this.#frame.column(`sluice_task_${name}`);
  }
}
