/** The sources that are measured, and how each of them fares. Invariant: a number is never given to another source. */
import { measurementKind } from './catalogue.js';
import { SampleFrame, type Sample, type SampleSource } from './sample.js';

/** How a source fares. */
export interface SourceHealth {
  readonly source: string;
  /** Unix ms of its last complete measurement; undefined: there was none. */
  readonly measuredMs: number | undefined;
  readonly failures: number;
  /** Why the newest measurement failed; undefined: it did not. */
  readonly problem: string | undefined;
}

interface Entry {
  readonly source: SampleSource;
  readonly number: number;
  readonly addedMs: number;
  measuredMs: number | undefined;
  failures: number;
  problem: string | undefined;
}

export class SourceBook {
  /** The number under which the book itself is measured. */
  static readonly own = 0;
  readonly #onProblem: (problem: string) => void;
  readonly #entries = new Map<number, Entry>();
  readonly #frame = new SampleFrame(measurementKind);
  #next = SourceBook.own + 1;

  /** `onProblem` is told when a source that could be measured no longer can. */
  constructor(onProblem: (problem: string) => void) {
    this.#onProblem = onProblem;
  }

  /** Gives the way to take the source away again. */
  add(source: SampleSource, nowMs: number): () => void {
    const number = this.#next++;
    const entry: Entry = {
      ...{ source, number, addedMs: nowMs },
      ...{ measuredMs: undefined, failures: 0, problem: undefined },
    };
    this.#entries.set(number, entry);
    return () => {
      this.#entries.delete(number);
    };
  }

  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  succeeded(number: number, nowMs: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    entry.measuredMs = nowMs;
    entry.problem = undefined;
  }

  failed(number: number, problem: string): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    if (entry.problem === undefined) this.#onProblem(`${entry.source.name}: ${problem}`);
    entry.failures++;
    entry.problem = problem;
  }

  /** Whether a source is there and could not be measured the last time. */
  hasFailed(number: number): boolean {
    return this.#entries.get(number)?.problem !== undefined;
  }

  health(): SourceHealth[] {
    return this.all().map(({ source, measuredMs, failures, problem }) => ({
      ...{ source: source.name, measuredMs, failures, problem },
    }));
  }

  /** The sources as samples. */
  *samples(nowMs: number): Generator<Sample, void, undefined> {
    const [age, failures] = ['age_seconds', 'failures_total'].map((name) =>
      this.#frame.column(`sluice_measurement_${name}`),
    );
    const { figures } = this.#frame;
    for (const entry of this.all()) {
      figures[age!] = (nowMs - (entry.measuredMs ?? entry.addedMs)) / 1_000;
      figures[failures!] = entry.failures;
      yield { kind: measurementKind.name, labels: [entry.source.name], figures };
    }
  }
}
