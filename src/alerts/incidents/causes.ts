/**
 * Asks for the causes of open incidents. Invariants: of one incident they are asked for once at a time; what was remedied
 * stays the cause while the figures still tell of the time before.
 */
import { messageOf } from '../../kernel/index.js';
import { LiveDiagnosis, type LiveDiagnosisOptions, type Truth } from '../diagnosis/index.js';
import type { RunState } from '../remedies/remedy-run.js';
import type { Cause, Incident, Subject } from '../types.js';

/** What is held to cause an incident. It may look at figures for a while. */
export type Diagnose = (incident: Incident, second: number) => readonly Cause[] | Promise<readonly Cause[]>;

/**
 * So long after a remedy the figures are those of the fault and of its end: messages that come back late, consumers that
 * are fewer. What they look like is not what was wrong.
 */
const settlesMs = 120_000;

/** What became of a remedy. */
export type RemedyState = RunState['kind'];

export class CauseFinder {
  readonly #found: (incident: string, causes: readonly Cause[]) => void;
  readonly #onProblem: (problem: string) => void;
  readonly #asked = new Set<string>();
  readonly #live: LiveDiagnosis;
  /** When a remedy was applied for an incident, Unix milliseconds. */
  readonly #remediedMs = new Map<string, number>();
  #diagnose: Diagnose;

  constructor(found: (incident: string, causes: readonly Cause[]) => void, options: LiveDiagnosisOptions) {
    this.#found = found;
    this.#onProblem = options.onProblem;
    this.#live = new LiveDiagnosis(options);
    this.#diagnose = (incident) => this.#live.causesOf(incident);
  }

  /** Watches the figures from now on. Safe to call twice. */
  start(): void {
    this.#live.start();
  }

  async stop(): Promise<void> {
    await this.#live.stop();
  }

  /** Whoever else names causes, in place of the diagnosis. */
  use(diagnose: Diagnose): void {
    this.#diagnose = diagnose;
  }

  /** Whether the check of a fault signature holds of an object. */
  isMended(signature: string, subject: Subject): Truth {
    return this.#live.diagnosis.isMended(signature, subject);
  }

  /** A remedy for an incident was applied, or was not, or is no longer in force. */
  follow(incident: string, remedy: RemedyState, atMs: number): void {
    if (remedy === 'applied') this.#remediedMs.set(incident, atMs);
    else if (remedy !== 'done') this.#remediedMs.delete(incident);
    for (const [id, sinceMs] of this.#remediedMs) if (atMs - sinceMs > settlesMs) this.#remediedMs.delete(id);
  }

  async find(incident: Incident, second: number): Promise<void> {
    if (this.#asked.has(incident.id) || this.#isSettling(incident, second)) return;
    this.#asked.add(incident.id);
    try {
      const causes = await this.#diagnose(incident, second);
      if (!this.#isSettling(incident, second)) this.#found(incident.id, causes);
    } catch (problem) {
      this.#onProblem(`diagnosis: ${messageOf(problem)}`);
    }
    this.#asked.delete(incident.id);
  }

  /** What fires after the remedy is looked at all the same. */
  #isSettling({ id, causes, timeline }: Incident, second: number): boolean {
    const sinceMs = this.#remediedMs.get(id);
    if (sinceMs === undefined || causes.length === 0 || second * 1_000 - sinceMs > settlesMs) return false;
    return !timeline.some(
      ({ atMs, kind }) => atMs > sinceMs && (kind === 'alert-fired' || kind === 'reopened'),
    );
  }
}
