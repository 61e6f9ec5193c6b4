/** Alerts and incidents as a source of samples. */
import { alertKind, incidentKind, SampleFrame, type Sample, type SampleSource } from '../monitor/index.js';
import type { AlertCounts } from './alert-counts.js';

export class AlertSource implements SampleSource {
  readonly name = 'alerts';
  readonly #counts: () => AlertCounts;
  readonly #alerts = new SampleFrame(alertKind);
  readonly #incidents = new SampleFrame(incidentKind);

  constructor(counts: () => AlertCounts) {
    this.#counts = counts;
  }

  *observe(): Generator<Sample, void, undefined> {
    const { alerts, incidentsOpen } = this.#counts();
    for (const state of ['pending', 'firing', 'unknown'] as const) {
      this.#alerts.figures[0] = alerts[state];
      yield { kind: alertKind.name, labels: [state], figures: this.#alerts.figures };
    }
    for (const [severity, count] of Object.entries(incidentsOpen)) {
      this.#incidents.figures[0] = count;
      yield { kind: incidentKind.name, labels: [severity], figures: this.#incidents.figures };
    }
  }
}
