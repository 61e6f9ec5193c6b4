/**
 * Figures that a formula gives for any second: now and the past alike, without measuring every second between. Invariant:
 * history says what the formula says, in points of the steps that are asked for.
 */
import {
  catalogue,
  Points,
  SampleFrame,
  seriesOf,
  type Figures,
  type Sample,
  type Selection,
  type Stretch,
} from '../../monitor/index.js';
import type { Script } from './scripted-figures.js';

export class FormulaFigures implements Figures {
  readonly #script: Script;
  /** Points that history looks the formula up for; longer steps are looked up in so many places. */
  readonly #samplesOfStep: number;
  second: number | undefined;
  #samples: readonly Sample[] = [];

  constructor(script: Script, samplesOfStep = 1) {
    this.#script = script;
    this.#samplesOfStep = samplesOfStep;
  }

  /** Measures at a second; what the formula leaves undefined is not measured. */
  measure(second: number): void {
    const objects = this.#script(second);
    if (objects === undefined) return;
    this.second = second;
    this.#samples = objects.map(({ kind, labels, figures }) => {
      const frame = new SampleFrame(catalogue.find(({ name }) => name === kind)!);
      for (const [series, value] of Object.entries(figures)) frame.figures[frame.column(series)] = value;
      return { kind, labels, figures: frame.figures };
    });
  }

  *latest(kind: string): Generator<Sample, void, undefined> {
    for (const sample of this.#samples) if (sample.kind === kind) yield sample;
  }

  find(kind: string, labels: readonly string[]): Float64Array | undefined {
    const key = labels.join();
    return this.#samples.find((each) => each.kind === kind && each.labels.join() === key)?.figures;
  }

  *objects(kind: string): Generator<readonly string[], void, undefined> {
    for (const { labels } of this.latest(kind)) yield labels;
  }

  select({
    kind,
    labels,
    series,
    fromSecond,
    toSecond,
    stepSeconds,
  }: Selection): Promise<readonly Stretch[]> {
    const known = seriesOf(catalogue.find(({ name }) => name === kind)!).find(({ id }) => id === series)!;
    const key = labels.join();
    const at = (second: number): number | undefined =>
      this.#script(second)?.find((each) => each.kind === kind && each.labels.join() === key)?.figures[
        known.name
      ];
    const points = new Points(Math.floor((toSecond - fromSecond) / stepSeconds));
    const gapSeconds = stepSeconds / this.#samplesOfStep;
    for (let index = 0; index < points.capacity; index++) {
      for (let sample = 0; sample < this.#samplesOfStep; sample++) {
        const second = fromSecond + index * stepSeconds + sample * gapSeconds;
        const value = at(second);
        if (value === undefined || Number.isNaN(value)) continue;
        if (known.kind === 'gauge') points.measure(index, Math.round(value * known.scale), 1);
        else this.#count(points, index, value, at(second + gapSeconds), gapSeconds, known.scale);
      }
    }
    return Promise.resolve([{ startSecond: fromSecond, stepSeconds, points }]);
  }

  onMeasured(): () => void {
    return () => undefined;
  }

  #count(
    points: Points,
    index: number,
    value: number,
    next: number | undefined,
    gapSeconds: number,
    scale: number,
  ): void {
    if (next === undefined || Number.isNaN(next)) return;
    points.measure(index, Math.round(Math.max(0, next - value) * scale), gapSeconds);
  }
}
