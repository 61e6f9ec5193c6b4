/** What the sender itself has done, as a source of samples. */
import { exporterKind, SampleFrame, type Sample, type SampleSource } from '../../index.js';
import type { PushCounts } from './zabbix-pusher.js';

export class PusherSource implements SampleSource {
  readonly name = 'exporter zabbix';
  readonly #counts: () => PushCounts;
  readonly #frame = new SampleFrame(exporterKind);

  constructor(counts: () => PushCounts) {
    this.#counts = counts;
  }

  *observe(): Generator<Sample, void, undefined> {
    const { sentValues, refusedValues, droppedValues, failures, waitingBytes } = this.#counts();
    // In the order of the catalogue.
    this.#frame.figures.set([sentValues, refusedValues, droppedValues, failures, waitingBytes]);
    yield { kind: exporterKind.name, labels: ['zabbix'], figures: this.#frame.figures };
  }
}
