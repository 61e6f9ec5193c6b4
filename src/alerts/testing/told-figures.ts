/** Figures as a test tells them, second by second: what is not told is unknown. */
import { catalogue, SampleFrame, type Figures, type Sample } from '../../monitor/index.js';

export class ToldFigures implements Pick<Figures, 'latest'> {
  readonly #told = new Map<string, Map<string, Sample>>();

  /** Sets figures of an object by the names of their series; others keep what they had. */
  tell(kind: string, labels: readonly string[], figures: Readonly<Record<string, number>>): void {
    const objects = this.#told.get(kind) ?? new Map<string, Sample>();
    this.#told.set(kind, objects);
    const frame = new SampleFrame(catalogue.find(({ name }) => name === kind)!);
    const key = labels.join('\u0000');
    const sample = objects.get(key) ?? { kind, labels, figures: frame.figures };
    for (const [series, value] of Object.entries(figures)) sample.figures[frame.column(series)] = value;
    objects.set(key, sample);
  }

  forget(kind: string, labels: readonly string[]): void {
    this.#told.get(kind)?.delete(labels.join('\u0000'));
  }

  latest(kind: string): Iterable<Sample> {
    return this.#told.get(kind)?.values() ?? [];
  }
}
