/** Diagnosis beside a running monitor: it looks after each measurement, in slices. Invariant: one look runs at a time. */
import { messageOf } from '../../kernel/index.js';
import type { Figures } from '../../monitor/index.js';
import type { Cause, Incident } from '../types.js';
import { Diagnosis } from './diagnosis.js';

export interface LiveDiagnosisOptions {
  readonly figures: Pick<Figures, 'latest' | 'onMeasured'>;
  /** Resolves when others on the event loop have had their turn. */
  readonly pause: () => Promise<void>;
  readonly onProblem: (problem: string) => void;
}

export class LiveDiagnosis {
  readonly diagnosis = new Diagnosis();
  readonly #options: LiveDiagnosisOptions;
  #stopListening: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LiveDiagnosisOptions) {
    this.#options = options;
  }

  /** Safe to call twice. */
  start(): void {
    this.#stopListening ??= this.#options.figures.onMeasured((second) => {
      this.#running ??= this.runOnce(second).finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Ends after the look under way. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = undefined;
    await this.#running;
  }

  /** Takes in the newest measurement; told as a problem where that fails. */
  async runOnce(second: number): Promise<void> {
    try {
      const slices = this.diagnosis.slices(this.#options.figures, second);
      while (slices.next().done !== true) await this.#options.pause();
    } catch (problem) {
      this.#options.onProblem(`diagnosis: ${messageOf(problem)}`);
    }
  }

  /** The causes of an incident, by what its alerts are about. */
  causesOf(incident: Pick<Incident, 'alerts'>): readonly Cause[] {
    return this.diagnosis.diagnose(incident.alerts.map(({ subject }) => subject));
  }
}
