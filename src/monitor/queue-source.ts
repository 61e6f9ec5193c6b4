/** Queues as a source of samples. Invariant: what the engine does not tell is unknown, never zero. */
import type { QueueSample } from '../engines/index.js';
import { queueKind } from './catalogue.js';
import type { Metric } from './metric.js';
import { SampleFrame, type Sample, type SampleSource } from './sample.js';

/** What of a `QueueSample` stands in which metric. A virtual host is only told where the source tells it. */
export type QueueFigures = Omit<QueueSample, 'queue' | 'atMs'> & {
  readonly name: string;
  readonly vhost: string;
};

const figuresByMetric: readonly (readonly [number, Exclude<keyof QueueFigures, 'name' | 'vhost'>])[] = [
  [1, 'published'],
  [2, 'delivered'],
  [3, 'acknowledged'],
  [4, 'redelivered'],
  [5, 'expired'],
  [6, 'deadLettered'],
  [7, 'dropped'],
  [8, 'ready'],
  [9, 'unacknowledged'],
  [10, 'delayed'],
  [11, 'gated'],
  [12, 'held'],
  [13, 'bytes'],
  [14, 'consumers'],
];

/** Fills one frame for queue after queue: nothing is allocated for each. */
export class QueueSource implements SampleSource {
  readonly #each: () => Iterable<QueueFigures>;
  readonly #frame = new SampleFrame(queueKind);
  readonly #labels: [string, string, string];
  readonly #columns: readonly (readonly [number, Exclude<keyof QueueFigures, 'name' | 'vhost'>])[];

  /** `each` gives every queue of the engine, one by one. */
  constructor(engine: string, each: () => Iterable<QueueFigures>) {
    this.#each = each;
    this.#labels = [engine, '', ''];
    this.#columns = figuresByMetric.map(([id, figure]) => [this.#frame.column(nameOf(id)), figure]);
  }

  *observe(): Generator<Sample, void, undefined> {
    const sample: Sample = { kind: queueKind.name, labels: this.#labels, figures: this.#frame.figures };
    for (const queue of this.#each()) {
      this.#labels[1] = queue.vhost;
      this.#labels[2] = queue.name;
      for (const [column, figure] of this.#columns) this.#frame.figures[column] = queue[figure] ?? NaN;
      yield sample;
    }
  }
}

function nameOf(id: number): string {
  const metric: Metric | undefined = queueKind.metrics.find((each) => each.id === id);
  return metric?.name ?? '';
}
